import { expect, test } from 'vitest';
import * as core from '../../src/core.ts';
import * as whole from '../../src/index.ts';
import * as retry from '../../src/retry.ts';

test('the core holds the same codes and classes as the whole, and no conversion', () => {
  const all = new Map<string, unknown>(Object.entries({ ...whole, ...retry }));
  const some = Object.entries(core);
  expect(some.length).toBeGreaterThan(10);
  for (const [name, value] of some) expect(value).toBe(all.get(name));
  expect(some.map(([name]) => name)).not.toContain('convertException');
});

test('a failure made with the core alone is known to the whole', () => {
  const error = new core.APIError({
    code: core.ErrorCode.NOT_FOUND,
    message: 'There is no such page.',
  });
  expect(whole.convertException(error)).toBe(error);
  expect(core.isBaseError(error)).toBe(true);
  expect(whole.BaseError.fromJSON(JSON.stringify(error))).toBeInstanceOf(core.APIError);
});
