import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { isSecret, Secret } from '../../src/schema/secret.ts';

const secret = new Secret('hunter2');

test('only reveal() gives the text', () => {
  expect(secret.reveal()).toBe('hunter2');
  const shown = [
    String(secret),
    `${secret as unknown as string}`,
    `${'' + (secret as unknown as string)}`,
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: null }),
    inspect({ deep: [secret] }, { customInspect: false }),
    Object.entries(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
  ];
  for (const text of shown) expect(text).not.toContain('hunter2');
  expect(shown.slice(0, 4)).toEqual([
    '**********',
    '**********',
    '**********',
    '{"secret":"**********"}',
  ]);
  expect(inspect(secret)).toBe('Secret(**********)');
});

test('an empty secret shows that it is empty', () => {
  expect(String(new Secret(''))).toBe('');
  expect(new Secret('').isSet).toBe(false);
  expect(secret.isSet).toBe(true);
});

test('is recognized by its brand, also from another copy of the package', async () => {
  const copy = (await import(
    '../../src/schema/secret.ts?copy' as string
  )) as typeof import('../../src/schema/secret.ts');
  expect(copy.Secret).not.toBe(Secret);
  expect(isSecret(new copy.Secret('x'))).toBe(true);
  expect(isSecret('x')).toBe(false);
  expect(isSecret(null)).toBe(false);
});

test('cannot be changed', () => {
  expect(() => Object.assign(secret, { reveal: () => 'other' })).toThrow(TypeError);
});
