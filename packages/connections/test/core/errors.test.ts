import { isRetryable } from '@map/errors';
import { registerSecrets } from '@map/redaction';
import { beforeAll, describe, expect, test } from 'vitest';
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
  const error = codedError(reset, {
    pool: 'redis',
    kind: 'redis',
    operation: 'GET',
    repeatable: true,
  });
  expect(isRetryable(error)).toBe(true);
});

describe('the message has the words of the server or the library', () => {
  const place = { pool: 'main', kind: 'redis', operation: 'connect' };
  const messageOf = (error: unknown, kind = 'redis'): string =>
    codedError(error, { ...place, kind }).message;

  test('of Node and of Redis', () => {
    expect(messageOf(reset)).toBe('connect on redis connection "main" failed: read ECONNRESET.');
    expect(messageOf(new Error('WRONGPASS invalid username-password pair'))).toBe(
      'connect on redis connection "main" failed: WRONGPASS invalid username-password pair.',
    );
  });

  test('of the command of a transaction that failed', () => {
    const error = Object.assign(new Error('1 commands failed, see .replies'), {
      replies: ['OK', new Error('WRONGTYPE Operation against a key')],
      errorIndexes: [1],
    });
    expect(messageOf(error)).toContain('WRONGTYPE Operation against a key.');
  });

  test('of the first of several attempts, where there is no other', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:6379'), {
      code: 'ECONNREFUSED',
    });
    const all = Object.assign(new AggregateError([refused], ''), { code: 'ECONNREFUSED' });
    expect(messageOf(all)).toContain('connect ECONNREFUSED ::1:6379.');
  });

  test('without registered secrets, and with a code alone for HTTP', () => {
    const forget = registerSecrets(['correct-horse-battery']);
    expect(messageOf(new Error('ERR bad value correct-horse-battery'))).not.toContain('horse');
    forget();
    const failed = Object.assign(new Error('a body'), { code: 'ETIMEDOUT' });
    expect(messageOf(failed, 'http')).toBe('connect on http connection "main" failed: ETIMEDOUT.');
  });

  test('or none, where the value cannot be read', () => {
    for (const value of [new Error(''), null, new Proxy({}, { get: () => never() })]) {
      expect(messageOf(value)).toBe('connect on redis connection "main" failed.');
    }
  });
});

function never(): never {
  throw new Error('unreadable');
}
