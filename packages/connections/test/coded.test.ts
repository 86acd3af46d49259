import { isRetryable } from '@map/errors';
import { beforeAll, expect, test } from 'vitest';
import { coded, loadConversion } from '../src/coded.ts';

const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

beforeAll(loadConversion);

test('a reset connection leaves it to the caller whether the operation may be repeated', () => {
  const error = coded(reset, { pool: 'redis', kind: 'redis', operation: 'INCR' });
  expect(error).toMatchObject({ code: 'CONNECTION_RESET_9002', retryable: false });
  expect(isRetryable(error)).toBe(false);
  expect(isRetryable(error, { idempotent: true })).toBe(true);
});

test('an operation that is known to do no harm twice is retryable at once', () => {
  const error = coded(reset, { pool: 'redis', kind: 'redis', operation: 'GET', repeatable: true });
  expect(isRetryable(error)).toBe(true);
});
