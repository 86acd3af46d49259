import { inspect } from 'node:util';
import { hostileArbitrary, hostileValues } from '@map-tooling/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BaseError,
  convertException,
  ErrorCode,
  isBaseError,
  isRetryable,
  registerConverter,
  SystemError,
  ValidationError,
} from '../../src/index.ts';

const MAX_OUTPUT = 200_000;

/** Everything this package does with a value it did not make. */
function exercise(value: unknown): void {
  const found = convertException(value, { details: { given: value } });
  const direct = new SystemError({
    code: ErrorCode.SYSTEM_ERROR,
    message: 'Direct.',
    details: { given: value },
    originalError: value,
  });
  expect(isBaseError(found)).toBe(true);
  expect(typeof isRetryable(value)).toBe('boolean');
  for (const error of [found, direct, BaseError.fromJSON(value)]) {
    const json = JSON.stringify(error);
    expect(json.length).toBeLessThan(MAX_OUTPUT);
    expect(BaseError.fromJSON(JSON.parse(json)).toJSON()).toEqual(JSON.parse(json));
    expect(inspect(error).length).toBeLessThan(MAX_OUTPUT);
    expect(error.fingerprint()).toMatch(/^[\da-f]{8}$/);
    JSON.stringify(error.toProblemDetails());
    JSON.stringify(error.toGrpcStatus());
    let logged = 0;
    const log = (_message: string, fields?: object): void => {
      JSON.stringify(fields);
      logged += 1;
    };
    error.logError({ debug: log, info: log, warn: log, error: log });
    expect(logged).toBe(1);
  }
}

describe('hostile values', () => {
  test.each(hostileValues())('$name', ({ value }) => {
    exercise(value);
    exercise(Object.assign(new Error('Outer.'), { cause: value, errors: [value, value] }));
  });

  test('anything', () => {
    fc.assert(
      fc.property(hostileArbitrary(), ({ value }) => exercise(value)),
      { numRuns: 40 },
    );
  });

  // The shapes that recognisers look for, each field being anything at all.
  const fields = [
    ...['code', 'status', 'statusCode', 'requestID', 'error', 'headers', 'cause', 'errors'],
    ...['issues', 'validation', 'ajv', 'response', 'options', 'timings', 'isAxiosError'],
    ...['$metadata', 'metadata', 'details', 'type', 'isBoom', 'output', 'getStatus', 'severity'],
    ...['replies', 'errorIndexes', 'lastError', 'finishReason', 'name', 'message', 'stack'],
    ...['data', 'url', 'config', 'responseHeaders', 'apiMessage', 'schema', 'value', 'path'],
  ];

  test('the shapes of real errors, filled with anything', () => {
    const shape = fc.uniqueArray(fc.tuple(fc.constantFrom(...fields), hostileArbitrary()), {
      selector: ([key]) => key,
      maxLength: 12,
    });
    fc.assert(
      fc.property(shape, fc.boolean(), (entries, branded) => {
        const error = new Error('Shaped.');
        for (const [key, { value }] of entries) {
          Object.defineProperty(error, key, { value, configurable: true, enumerable: true });
        }
        if (branded) Object.assign(error, { [Symbol.for('vercel.ai.error')]: true });
        exercise(error);
      }),
      { numRuns: 40 },
    );
  });

  test('causes 20,000 deep', () => {
    let error: Error = Object.assign(new Error('Bottom.'), { code: 'ECONNREFUSED' });
    for (let depth = 0; depth < 20_000; depth++) error = new Error('Above.', { cause: error });
    exercise(error);
    let own: BaseError = new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'Bottom.' });
    for (let depth = 0; depth < 20_000; depth++) {
      own = new BaseError({ code: ErrorCode.TASK_ERROR, message: 'Above.', originalError: own });
    }
    expect(JSON.stringify(own).length).toBeLessThan(MAX_OUTPUT);
  });

  test('ten megabytes wherever they may be', () => {
    const text = 'x'.repeat(10 * 1024 * 1024);
    const bytes = Buffer.alloc(10 * 1024 * 1024);
    exercise(text);
    exercise(bytes);
    exercise(new String(text));
    exercise(new Float64Array(1_000_000));
    exercise(Object.assign(new Error(text), { name: text, code: text, details: bytes }));
    const error = new BaseError({
      code: ErrorCode.SYSTEM_ERROR,
      message: text,
      details: { text, bytes, many: Array.from({ length: 100_000 }, () => text) },
    });
    expect(JSON.stringify(error).length).toBeLessThan(MAX_OUTPUT);
  });

  test('a stack that nearly holds the message, everywhere', () => {
    const raw = new Error(`${'x'.repeat(1000)}y${'x'.repeat(1000)}`);
    raw.stack = 'x'.repeat(10 * 1024 * 1024);
    exercise(raw);
  });

  test('messages that nearly hold a secret, everywhere', () => {
    for (const part of ['://', '://a:', '://a:.-', '@://', 'a-', 'a:://', 'eyJaaaaaaa-', '\\"']) {
      const message = part.repeat(30_000);
      const own = new BaseError({ code: ErrorCode.SYSTEM_ERROR, message });
      exercise(new Error(message));
      expect(JSON.stringify(own).length).toBeLessThan(MAX_OUTPUT);
      expect(inspect(own).length).toBeLessThan(MAX_OUTPUT);
    }
  });

  test('aggregates that hold themselves', () => {
    const error = new AggregateError([], 'Circle.');
    error.errors = [error, error, error];
    error.cause = error;
    exercise(error);
  });

  test('a proxy that answers every question with yes', () => {
    const yes: unknown = new Proxy(() => yes, {
      get: () => yes,
      has: () => true,
      apply: () => yes,
    });
    expect(isBaseError(yes)).toBe(false);
    exercise(yes);
    exercise(new Error('Outer.', { cause: yes }));
  });

  test('a logger that breaks', () => {
    const broken = (): never => {
      throw new Error('Broken.');
    };
    const error = new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'x' });
    error.logError({ debug: broken, info: broken, warn: broken, error: broken });
    error.logError(undefined as never);
  });
});

describe('callers without types', () => {
  const throws = {
    get a(): never {
      throw new Error('Getter.');
    },
  };

  test.each([
    ['no options', null],
    ['options that throw', Object.defineProperty({}, 'origin', { get: () => throws.a })],
    ['details that throw', { details: throws }],
    ['details that are a string', { details: 'abc' }],
    ['an invalid message', { defaultMessage: Symbol('x') }],
    ['an origin of the prototype', { origin: '__proto__' }],
    ['another', { origin: 'toString' }],
  ])('convertException: %s', (_name, options) => {
    const found = convertException(new Error('Strange.'), options as never);
    expect(found).toMatchObject({ code: ErrorCode.UNKNOWN_ERROR, message: 'Strange.' });
    expect(found.details).not.toHaveProperty('0');
    const late = new DOMException('Late.', 'TimeoutError');
    expect(convertException(late, options as never).code).toBe(ErrorCode.OPERATION_TIMEOUT);
  });

  test('a constructor without options names what is missing', () => {
    const make = (): unknown => new SystemError(undefined as never);
    expect(make).toThrow(expect.objectContaining({ code: ErrorCode.PROGRAMMING_ERROR }));
  });

  test('isRetryable without a context', () => {
    const reset = new BaseError({ code: ErrorCode.CONNECTION_RESET, message: 'x' });
    expect(isRetryable(reset, null as never)).toBe(false);
  });

  test.each([
    [Number.NaN, undefined],
    [-1, undefined],
    ['soon', undefined],
    [0, 0],
    [1e300, 2 ** 31 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
  ])('a wait of %s is one that a timer can keep', (wait, expected) => {
    const options = { code: ErrorCode.RATE_LIMITED, message: 'x', retryAfterMs: wait as number };
    expect(new BaseError(options).retryAfterMs).toBe(expected);
    const json = { code: ErrorCode.RATE_LIMITED, message: 'x', retry_after_ms: wait };
    if (Number.isFinite(wait)) expect(BaseError.fromJSON(json).retryAfterMs).toBe(expected);
  });

  test('a limit that is not a number is the usual one', () => {
    const headers = { 'retry-after': '900' };
    const raw = Object.assign(new Error('x'), {
      isAxiosError: true,
      response: { status: 429, headers },
    });
    const limit = { maxRetryAfterMs: Number.NaN };
    expect(convertException(raw, limit).retryAfterMs).toBe(60_000);
    const boom = Object.assign(new Error('x'), {
      isBoom: true,
      output: { statusCode: 429, headers },
    });
    expect(convertException(boom, { maxRetryAfterMs: 5 }).retryAfterMs).toBe(5);
  });

  test('invalid issues', () => {
    const issues = new Proxy([], {
      get: (_target, key) => (key === '0' ? {} : throws.a),
    });
    const error = new ValidationError({
      code: ErrorCode.SCHEMA_MISMATCH,
      message: 'x',
      details: { issues },
    });
    expect(error.toProblemDetails().errors).toEqual([]);
    exercise(Object.assign(new Error('x'), { issues }));
    const many = Array.from({ length: 1000 }, () => ({ path: 'a', message: 'x'.repeat(100_000) }));
    const details = { issues: many };
    const long = new ValidationError({ code: ErrorCode.SCHEMA_MISMATCH, message: 'x', details });
    expect(JSON.stringify(long.toProblemDetails()).length).toBeLessThan(MAX_OUTPUT);
  });

  test('something that claims to be an own error, and one of a newer version', () => {
    const brand = { [Symbol.for('@map/errors/BaseError')]: true };
    const fake = Object.defineProperty(Object.assign(new Error('Fake.'), brand), 'code', {
      get: () => throws.a,
    });
    const newer = Object.assign(new Error('Newer.'), brand, { code: 'WORMHOLE_CLOSED_9999' });
    for (const own of [fake, newer]) {
      exercise(new Error('Outer.', { cause: own }));
      exercise(new AggregateError([own, own], 'Both.'));
      const outer = new BaseError({ code: ErrorCode.TASK_ERROR, message: 'x', originalError: own });
      expect(JSON.parse(JSON.stringify(outer)).cause.message).toBe(own.message);
    }
  });
});

describe('converters that misbehave', () => {
  test.each<[string, () => unknown]>([
    ['throws', () => JSON.parse('{')],
    ['gives nothing', () => null],
    ['gives an unknown code', () => ({ code: 'NOPE' })],
    ['gives a promise', async () => ({ code: ErrorCode.API_ERROR })],
  ])('one that %s is passed over', (_name, converter) => {
    const remove = registerConverter(converter as never);
    expect(convertException(new Error('x')).code).toBe(ErrorCode.UNKNOWN_ERROR);
    remove();
  });

  test('what it gives is read once, and may throw', () => {
    const hostile = new Proxy(
      { code: ErrorCode.API_ERROR },
      {
        get: (target, key) => {
          if (key === 'code') return target.code;
          throw new Error('No.');
        },
      },
    );
    let asked = 0;
    const fickle = { get: () => (asked++ === 0 ? ErrorCode.API_ERROR : 'NOPE') };
    for (const answer of [hostile, Object.defineProperty({}, 'code', fickle)]) {
      const remove = registerConverter(() => answer as never);
      expect(convertException(new Error('x')).code).toBe(ErrorCode.API_ERROR);
      remove();
    }
    const remove = registerConverter(() => ({ code: ErrorCode.API_ERROR, retryAfterMs: 1e9 }));
    expect(convertException(new Error('x')).retryAfterMs).toBe(60_000);
    remove();
  });

  test('one that asks about the same error again comes to an end', () => {
    let calls = 0;
    const remove = registerConverter((error) => {
      calls += 1;
      if (calls > 5000) throw new Error('Endless.');
      convertException(error);
      return undefined;
    });
    const chain = new Error('a', { cause: new Error('b', { cause: new Error('c') }) });
    expect(convertException(chain).code).toBe(ErrorCode.UNKNOWN_ERROR);
    remove();
    expect(calls).toBeLessThan(100);
  });
});
