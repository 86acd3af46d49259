import { isRetryable } from '@map/errors';
import { beforeAll, expect, test } from 'vitest';
import { codedError, loadConversion } from '../../src/core/errors.ts';

const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

beforeAll(loadConversion);

test('a reset connection leaves it to the caller whether the operation may be repeated', () => {
  const error = codedError(reset, { pool: 'redis', kind: 'redis', operation: 'INCR' });
  expect(error).toMatchObject({ code: 'CONNECTION_RESET_9002', retryable: false });
  expect(isRetryable(error)).toBe(false);
  expect(isRetryable(error, { idempotent: true })).toBe(true);
});

test('an operation that is known to do no harm twice is retryable at once', () => {
  const error = codedError(reset, { pool: 'redis', kind: 'redis', operation: 'GET', repeatable: true });
  expect(isRetryable(error)).toBe(true);
});

test('the message names what Node or the server calls the failure, and nothing else of it', () => {
  const place = { pool: 'main', kind: 'redis', operation: 'connect' };
  expect(codedError(reset, place).message).toBe('connect on redis connection "main" failed: ECONNRESET.');
  expect(codedError(new Error('WRONGPASS invalid pair user:s3cret'), place).message).toBe(
    'connect on redis connection "main" failed: WRONGPASS.',
  );
  for (const value of [new Error('s3cret'), null, new Proxy({}, { get: () => never() })]) {
    expect(codedError(value, place).message).toBe('connect on redis connection "main" failed.');
  }
});

function never(): never {
  throw new Error('unreadable');
}
