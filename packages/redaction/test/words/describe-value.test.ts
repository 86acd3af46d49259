import { expect, test } from 'vitest';
import { describeValue } from '../../src/kernel.ts';

class Token {
  readonly text = 'hunter2';
}

const renamed = Object.create({ constructor: { name: 'hunter2 hunter2' } });

test.each([
  [7, '7'],
  [Number.NaN, 'NaN'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'undefined'],
])('%s is shown as it is', (value, shown) => {
  expect(describeValue(value)).toBe(shown);
});

test.each([
  ['hunter2', 'a string'],
  [12_345_678n, 'a bigint'],
  [Symbol('hunter2'), 'a symbol'],
  [() => 'hunter2', 'a function'],
  [['hunter2'], 'an array'],
  [{ password: 'hunter2' }, 'an object'],
  [Object.create(null), 'an object'],
  [new Token(), 'an instance of Token'],
  [new Date(0), 'an instance of Date'],
  [new AbortController(), 'an instance of AbortController'],
  [renamed, 'an object'],
])('a value that may be a secret is named by its kind', (value, shown) => {
  expect(describeValue(value)).toBe(shown);
});

test('a revoked proxy is an object', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(describeValue(proxy)).toBe('an object');
});
