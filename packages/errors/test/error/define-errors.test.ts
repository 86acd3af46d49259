import { afterEach, describe, expect, test } from 'vitest';
import {
  BaseError,
  codeFromHttpStatus,
  convertException,
  defineErrors,
  ErrorCode,
  isBaseError,
  isRetryable,
  registerConverter,
} from '../../src/index.ts';

const Billing = defineErrors({
  category: 'billing',
  errors: {
    CARD_DECLINED: {
      number: 10_001,
      httpStatus: 402,
      grpcCode: 'FAILED_PRECONDITION',
      retry: 'no',
      userMessage: 'The card was declined.',
      details: {} as { card_id?: string },
    },
    BANK_BUSY: {
      number: 10_002,
      httpStatus: 503,
      grpcCode: 'UNAVAILABLE',
      retry: 'yes',
      userMessage: 'The bank is busy.',
    },
  },
});

describe('a domain of an application', () => {
  const error = new Billing.Error({
    code: Billing.ErrorCode.CARD_DECLINED,
    message: 'The bank declined card 1.',
    details: { card_id: 'card_1' },
  });

  test('behaves like an error of MAP', () => {
    expect(error.code).toBe('CARD_DECLINED_10001');
    expect(error.name).toBe('BillingError');
    expect(error.stack).toMatch(/^BillingError: /);
    expect(error).toBeInstanceOf(BaseError);
    expect(isBaseError(error)).toBe(true);
    expect(error).toMatchObject({ category: 'billing', httpStatus: 402, retryable: false });
    expect(error.toProblemDetails()).toMatchObject({
      status: 402,
      detail: 'The card was declined.',
    });
    expect(error.toGrpcStatus()).toMatchObject({ code: 9 });
    const busy = new BaseError({ code: Billing.ErrorCode.BANK_BUSY, message: 'Busy.' });
    expect(isRetryable(busy)).toBe(true);
  });

  test('comes back from JSON as its class', () => {
    const back = BaseError.fromJSON(JSON.stringify(error));
    expect(back).toBeInstanceOf(Billing.Error);
    expect(back.toJSON()).toEqual(error.toJSON());
  });

  test('comes back from HTTP, and is a default of a conversion', () => {
    expect(codeFromHttpStatus(402, error.toProblemDetails())).toBe('CARD_DECLINED_10001');
    const found = convertException(new Error('x'), { defaultCode: Billing.ErrorCode.BANK_BUSY });
    expect(found).toBeInstanceOf(Billing.Error);
  });

  test('may be defined again, as a second copy of its module does', () => {
    const again = defineErrors({
      category: 'shipping',
      errors: { LOST: { ...row, number: 10_050 } },
    });
    const twice = defineErrors({
      category: 'shipping',
      errors: { LOST: { ...row, number: 10_050 } },
    });
    expect(twice.ErrorCode.LOST).toBe(again.ErrorCode.LOST);
  });
});

const row = {
  number: 10_099,
  httpStatus: 500,
  grpcCode: 'INTERNAL',
  retry: 'no',
  userMessage: 'x',
} as const;

test.each([
  ['a number of MAP', 'x', { A: { ...row, number: 1000 } }, /10000 or more/],
  [
    'a number that is taken',
    'x',
    { A: { ...row, number: 10_001 } },
    /reuses number 10001 of CARD_DECLINED_10001/,
  ],
  ['a fraction as a number', 'x', { A: { ...row, number: 10_000.5 } }, /whole number/],
  ['a status that is not an error', 'x', { A: { ...row, httpStatus: 200 } }, /400 to 599, got 200/],
  ['a name in lower case', 'x', { a: row }, /upper case/],
  ['a number that is too large', 'x', { A: { ...row, number: 1e21 } }, /whole number/],
  ['a number used twice', 'x', { A: row, B: row }, /B_10099 reuses number 10099 of A_10099/],
  ['a category of MAP', 'llm', { A: row }, /one of MAP's own/],
  ['an invalid gRPC status', 'x', { A: { ...row, grpcCode: 'OK' as never } }, /got OK/],
  ['an invalid retry', 'x', { A: { ...row, retry: 'maybe' as never } }, /got maybe/],
  [
    'no message',
    'x',
    { A: { ...row, userMessage: undefined as never } },
    /`userMessage` of A must be a string/,
  ],
  ['no errors', 'x', undefined as never, /`errors` must be/],
  ['a category in upper case', 'X', { A: row }, /lower case/],
])('refused: %s', (_title, category, errors, message) => {
  expect(() => defineErrors({ category, errors })).toThrow(
    expect.objectContaining({
      code: ErrorCode.PROGRAMMING_ERROR,
      message: expect.stringMatching(message),
    }),
  );
});

test('a class makes only its own errors', () => {
  const wrong = { code: ErrorCode.SYSTEM_ERROR as never, message: 'x' };
  expect(() => new Billing.Error(wrong)).toThrow(
    expect.objectContaining({ code: ErrorCode.PROGRAMMING_ERROR }),
  );
});

describe('converters', () => {
  class Declined extends Error {
    override readonly name = 'Declined';
  }
  const removers: (() => void)[] = [];
  afterEach(() => {
    for (const remove of removers.splice(0)) remove();
  });

  test('are asked first, in order, about causes too, and can be removed', () => {
    const declined = new Declined('No.');
    removers.push(
      registerConverter(() => {
        throw new Error('Broken converter.');
      }),
      registerConverter(() => ({ code: 'NOPE' as never })),
      registerConverter((error) =>
        error instanceof Declined
          ? {
              code: Billing.ErrorCode.CARD_DECLINED,
              message: 'Declined.',
              details: { card_id: 'c' },
              retryAfterMs: 10,
              retryable: true,
            }
          : undefined,
      ),
      registerConverter((error) =>
        error instanceof Declined ? { code: ErrorCode.SYSTEM_ERROR } : undefined,
      ),
    );
    const found = convertException(declined, { details: { operation: 'pay' } });
    expect(found).toBeInstanceOf(Billing.Error);
    expect(found).toMatchObject({
      message: 'Declined.',
      details: { card_id: 'c', operation: 'pay' },
      originalError: declined,
      retryAfterMs: 10,
      retryable: true,
    });
    expect(convertException(new Error('Outer.', { cause: declined })).category).toBe('billing');

    removers[2]?.();
    expect(convertException(declined).code).toBe(ErrorCode.SYSTEM_ERROR);
    removers[3]?.();
    expect(convertException(declined).code).toBe(ErrorCode.UNKNOWN_ERROR);
  });

  test('win over what the package knows, and receive the origin', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    removers.push(
      registerConverter((_error, origin) =>
        origin === 'memory' ? { code: ErrorCode.VECTOR_STORE_UNAVAILABLE } : undefined,
      ),
    );
    expect(convertException(refused).code).toBe(ErrorCode.CONNECTION_REFUSED);
    const found = convertException(refused, { origin: 'memory' });
    expect(found.code).toBe(ErrorCode.VECTOR_STORE_UNAVAILABLE);
  });
});
