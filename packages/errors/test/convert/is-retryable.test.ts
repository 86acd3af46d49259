import { describe, expect, test } from 'vitest';
import {
  type AnyErrorCode,
  BaseError,
  ErrorCode,
  isRetryable,
  type RetryContext,
} from '../../src/index.ts';

const make = (code: AnyErrorCode, retryable?: boolean): BaseError =>
  new BaseError({ code, message: 'x', retryable });

test.each<[ErrorCode, RetryContext, boolean]>([
  [ErrorCode.RATE_LIMITED, {}, true],
  [ErrorCode.LLM_QUOTA_EXCEEDED, { idempotent: true, attempt: 1 }, false],
  [ErrorCode.CONNECTION_RESET, {}, false],
  [ErrorCode.CONNECTION_RESET, { idempotent: false }, false],
  [ErrorCode.CONNECTION_RESET, { idempotent: true }, true],
  [ErrorCode.TOOL_ERROR, { idempotent: true }, true],
  [ErrorCode.TOOL_TIMEOUT, { attempt: 1 }, false],
  [ErrorCode.LLM_STREAM_INTERRUPTED, {}, false],
  [ErrorCode.LLM_STREAM_INTERRUPTED, { tokensDelivered: true }, false],
  [ErrorCode.LLM_STREAM_INTERRUPTED, { tokensDelivered: false }, true],
  [ErrorCode.LLM_INVALID_RESPONSE, {}, false],
  [ErrorCode.LLM_INVALID_RESPONSE, { attempt: 2 }, true],
  [ErrorCode.LLM_INVALID_RESPONSE, { attempt: 3 }, false],
  [ErrorCode.LLM_TOOL_CALL_INVALID, { attempt: 1 }, true],
])('%s with %j: %s', (code, context, expected) => {
  expect(isRetryable(make(code), context)).toBe(expected);
});

test('the error itself knows best, also after a queue', () => {
  const stubborn = make(ErrorCode.LLM_INVALID_REQUEST, true);
  const hopeless = make(ErrorCode.CONNECTION_RESET, false);
  for (const copy of [
    (error: BaseError) => error,
    (error: BaseError) => BaseError.fromJSON(JSON.stringify(error)),
  ]) {
    expect(isRetryable(copy(stubborn))).toBe(true);
    expect(isRetryable(copy(hopeless), { idempotent: true })).toBe(false);
    expect(isRetryable(copy(make(ErrorCode.CONNECTION_RESET)), { idempotent: true })).toBe(true);
  }
});

describe('several providers failed', () => {
  const all = (...errors: unknown[]): BaseError =>
    new BaseError({
      code: ErrorCode.LLM_ALL_PROVIDERS_FAILED,
      message: 'None left.',
      originalError: new AggregateError(errors),
    });

  test('one that may recover is enough', () => {
    const over = make(ErrorCode.LLM_QUOTA_EXCEEDED);
    expect(isRetryable(all(over, make(ErrorCode.LLM_PROVIDER_OVERLOADED)))).toBe(true);
    expect(isRetryable(all(over, over))).toBe(false);
    expect(isRetryable(all())).toBe(false);
    expect(isRetryable(all(all(over), all(make(ErrorCode.LLM_TIMEOUT))))).toBe(true);
  });
});

test('foreign errors are recognised first', () => {
  expect(isRetryable(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe(true);
  expect(isRetryable(new TypeError('x'))).toBe(false);
  expect(isRetryable(undefined)).toBe(false);
});
