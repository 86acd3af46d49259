import { inspect } from 'node:util';
import { isSecret, MASK, reveal, Secret } from '@map/redaction';
import { expect, it } from 'vitest';

it('shows its value nowhere but in reveal()', () => {
  const secret = new Secret('NOBODYMAYSEE');
  const shown = [`${secret}`, String(secret), JSON.stringify({ secret }), inspect({ secret })];
  expect(shown.join()).not.toContain('NOBODYMAYSEE');
  expect(`${secret}`).toBe(MASK);
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.reveal()).toBe('NOBODYMAYSEE');
  expect(reveal(secret)).toBe('NOBODYMAYSEE');
  expect(reveal('plain')).toBe('plain');
});

it('an empty secret is not set', () => {
  expect(new Secret('').isSet).toBe(false);
  expect(String(new Secret(''))).toBe('');
  expect(new Secret('x').isSet).toBe(true);
});

it('is distinguished from other values, also of another copy', () => {
  expect(isSecret(new Secret('x'))).toBe(true);
  expect(isSecret({ [Symbol.for('@map/redaction/Secret')]: true })).toBe(true);
  for (const value of [null, undefined, 'x', {}, { reveal: () => 'x' }]) {
    expect(isSecret(value)).toBe(false);
  }
});
