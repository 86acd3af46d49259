import { expect, test } from 'vitest';
import { valueAtOnce } from '../../src/kernel.ts';

test('a promise of any library counts as no value, and the work behind it is not started', async () => {
  let started = 0;
  const lazy = {
    // biome-ignore lint/suspicious/noThenProperty: this is what is tested.
    then(): void {
      started++;
    },
  };
  expect(valueAtOnce(Promise.resolve(1))).toBeUndefined();
  expect(valueAtOnce(Promise.reject(new Error('late')), 'none')).toBe('none');
  expect(valueAtOnce(lazy, 'none')).toBe('none');
  await Promise.resolve();
  expect(started).toBe(0);
});

test.each([undefined, null, 0, '', 'x', false, [1], { a: 1 }, new Map()])(
  '%j is a value',
  (value) => {
    expect(valueAtOnce(value, 'none')).toBe(value);
  },
);
