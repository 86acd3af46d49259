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
  SystemError,
} from '../src/index.ts';

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
      { numRuns: 100 },
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
      { numRuns: 100 },
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
    exercise(Object.assign(new Error(text), { name: text, code: text, details: bytes }));
    const error = new BaseError({
      code: ErrorCode.SYSTEM_ERROR,
      message: text,
      details: { text, bytes, many: Array.from({ length: 100_000 }, () => text) },
    });
    expect(JSON.stringify(error).length).toBeLessThan(MAX_OUTPUT);
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
