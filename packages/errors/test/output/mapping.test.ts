import { describe, expect, test } from 'vitest';
import {
  BaseError,
  codeFromGrpcStatus,
  codeFromHttpStatus,
  ErrorCode,
  findCodeInfo,
  ValidationError,
} from '../../src/index.ts';

describe('HTTP', () => {
  test.each([
    [400, ErrorCode.BAD_REQUEST],
    [401, ErrorCode.AUTH_ERROR],
    [403, ErrorCode.PERMISSION_DENIED],
    [404, ErrorCode.NOT_FOUND],
    [409, ErrorCode.CONFLICT],
    [422, ErrorCode.SCHEMA_MISMATCH],
    [429, ErrorCode.RATE_LIMITED],
    [499, ErrorCode.OPERATION_CANCELLED],
    [502, ErrorCode.UPSTREAM_ERROR],
    [503, ErrorCode.SERVICE_UNAVAILABLE],
    [504, ErrorCode.UPSTREAM_TIMEOUT],
    [529, ErrorCode.LLM_PROVIDER_OVERLOADED],
    [500, ErrorCode.API_ERROR],
    [418, ErrorCode.API_ERROR],
  ])('the status %i', (status, code) => {
    expect(codeFromHttpStatus(status)).toBe(code);
    // A status that is sent maps back to a code with the same status.
    if (status !== 418 && status !== 529) expect(findCodeInfo(code)?.httpStatus).toBe(status);
  });

  test('a code on the wire wins over the status', () => {
    const problem = new BaseError({
      code: ErrorCode.AGENT_NOT_FOUND,
      message: 'Gone.',
    }).toProblemDetails();
    expect(codeFromHttpStatus(problem.status, problem)).toBe(ErrorCode.AGENT_NOT_FOUND);
    expect(codeFromHttpStatus(404, { code: 'NOPE' })).toBe(ErrorCode.NOT_FOUND);
  });
});

describe('problem details', () => {
  const error = new BaseError({
    code: ErrorCode.RATE_LIMITED,
    message: 'Tenant 7 sent 900 requests.',
    details: { tenant: 7 },
    retryAfterMs: 1500,
  });

  test('nothing of the inside by default', () => {
    expect(error.toProblemDetails()).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'Too many requests. Please try again shortly.',
      code: 'RATE_LIMITED_9500',
      retryable: true,
      retryAfterMs: 1500,
    });
  });

  test('without the secrets that a detail or an occurrence repeats', () => {
    const detail = 'The key sk-proj-planted1234567890 is unknown.';
    const problem = error.toProblemDetails({ detail, instance: '/v1?api_key=planted-2' });
    expect(problem).toMatchObject({
      detail: 'The key ********** is unknown.',
      instance: '/v1?api_key=**********',
    });
  });

  test('with a page of documentation, an occurrence and a detail', () => {
    const options = { docsUrl: 'https://example.com/errors', instance: '/runs/1', detail: 'Wait.' };
    expect(error.toProblemDetails(options)).toMatchObject({
      type: 'https://example.com/errors#rate_limited_9500',
      title: 'Too many requests. Please try again shortly.',
      instance: '/runs/1',
      detail: 'Wait.',
    });
  });

  test('an error of validation says what is wrong', () => {
    const issues = [{ path: 'user.age', message: 'must be a number' }];
    const invalid = new ValidationError({
      code: ErrorCode.SCHEMA_MISMATCH,
      message: 'Invalid.',
      details: { issues },
    });
    expect(invalid.toProblemDetails()).toMatchObject({ status: 422, errors: issues });
  });

  test('every status has its phrase', () => {
    for (const code of Object.values(ErrorCode)) {
      const problem = new BaseError({ code, message: 'x', stack: false }).toProblemDetails();
      expect(problem.title, code).not.toBe('Error');
    }
  });
});

describe('gRPC', () => {
  test('a status with its reason and its wait', () => {
    const error = new BaseError({
      code: ErrorCode.LLM_RATE_LIMITED,
      message: 'Inside.',
      retryAfterMs: 1500,
    });
    expect(error.toGrpcStatus()).toEqual({
      code: 8,
      message: 'The language model is busy. Please try again shortly.',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'LLM_RATE_LIMITED_5001',
          domain: 'map',
          metadata: { category: 'llm', retryable: 'true' },
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
      ],
    });
  });

  test('every code has a number of gRPC', () => {
    for (const code of Object.values(ErrorCode)) {
      const status = new BaseError({ code, message: 'x', stack: false }).toGrpcStatus();
      expect(status.code, code).toBeGreaterThan(0);
      expect(codeFromGrpcStatus(status.code), code).toBeDefined();
    }
    expect(codeFromGrpcStatus(0)).toBeUndefined();
    expect(codeFromGrpcStatus(17)).toBeUndefined();
  });
});
