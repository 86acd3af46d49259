import { expect, test } from 'vitest';
import { BaseError, ErrorCode, isBaseError, LLMError, SystemError } from '../src/index.ts';

test('the example of the specification', () => {
  const original = Object.assign(new Error('503 Service Unavailable'), { name: 'HTTPError' });
  const error = new BaseError({
    code: ErrorCode.API_ERROR,
    message: 'External API call failed',
    details: { api: 'example.com', endpoint: '/data', status_code: 503 },
    originalError: original,
  });
  expect(error.toJSON()).toMatchObject({
    code: 'API_ERROR_2000',
    message: 'External API call failed',
    details: { api: 'example.com', endpoint: '/data', status_code: 503 },
    original_error: 'HTTPError: 503 Service Unavailable',
  });
  expect(error.originalError).toBe(original);
  expect(error.cause).toBe(original);
});

test('JSON brings back an error of the class that fits', () => {
  const error = new LLMError({
    code: ErrorCode.LLM_RATE_LIMITED,
    message: 'Slow down.',
    retryAfterMs: 500,
    originalError: new SystemError({ code: ErrorCode.SYSTEM_ERROR, message: 'Inner.' }),
  });
  const back = BaseError.fromJSON(JSON.parse(JSON.stringify(error)));
  expect(back).toBeInstanceOf(LLMError);
  expect(back.toJSON()).toEqual(error.toJSON());
  expect(isBaseError(back)).toBe(true);
});

test('an unknown code is named by a coded error', () => {
  expect(() => new BaseError({ code: 'NOPE' as never, message: 'x' })).toThrow(
    expect.objectContaining({
      code: 'PROGRAMMING_ERROR_1010',
      message: expect.stringContaining('NOPE'),
    }),
  );
});
