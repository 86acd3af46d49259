import {
  BaseError,
  convertException,
  type DetailsOf,
  defineErrors,
  ErrorCode,
  LLMError,
  SystemError,
  ValidationError,
} from '../src/index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => {};

// The code's literal type is kept, and its details fit it.
const error = new BaseError({
  code: ErrorCode.LLM_RATE_LIMITED,
  message: 'Slow.',
  details: { provider: 'openai', status_code: 429, anything: [1] },
});
yes<Equal<typeof error.code, 'LLM_RATE_LIMITED_5001'>>();
yes<Equal<typeof error.details.status_code, number | undefined>>();
yes<Equal<ErrorCode & 'SYSTEM_ERROR_1000', 'SYSTEM_ERROR_1000'>>();
yes<Equal<DetailsOf<'SYSTEM_ERROR_1000'>, Record<string, unknown>>>();

// Every error is one of the general kind.
const general: BaseError = error;
const own: BaseError = new LLMError({ code: ErrorCode.LLM_TIMEOUT, message: general.message });
own.logError(console);

// @ts-expect-error an unknown code
new BaseError({ code: 'NOPE_1', message: 'x' });
// @ts-expect-error a code of the platform misspelled
new BaseError({ code: ErrorCode.SYSTEM_EROR, message: 'x' });
// @ts-expect-error a message is needed
new BaseError({ code: ErrorCode.SYSTEM_ERROR });
// @ts-expect-error a status is a number
new BaseError({ code: ErrorCode.API_ERROR, message: 'x', details: { status_code: '503' } });
// @ts-expect-error an issue has a path
new ValidationError({ code: ErrorCode.SCHEMA_MISMATCH, message: 'x', details: { issues: [{}] } });
// @ts-expect-error an option nobody knows
new BaseError({ code: ErrorCode.API_ERROR, message: 'x', retryAfter: 1 });

// A class takes the codes of its own category.
new SystemError({ code: ErrorCode.STORAGE_FULL, message: 'x' });
new LLMError({ code: ErrorCode.LLM_TIMEOUT, message: 'x' });
// @ts-expect-error a code of another category
new SystemError({ code: ErrorCode.LLM_TIMEOUT, message: 'x' });
// @ts-expect-error a code of another category
new ValidationError({ code: ErrorCode.CONFIG_INVALID, message: 'x' });

// A domain of one's own has the same typing.
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
  },
});
const declined = new Billing.Error({
  code: Billing.ErrorCode.CARD_DECLINED,
  message: 'x',
  details: { card_id: 'c' },
});
const code: 'CARD_DECLINED_10001' = declined.code;
yes<Equal<typeof declined.details.card_id, string | undefined>>();
convertException(new Error(code), { defaultCode: Billing.ErrorCode.CARD_DECLINED });
new BaseError({ code: Billing.ErrorCode.CARD_DECLINED, message: 'x', details: { card_id: 'c' } });
// @ts-expect-error a card's id is a text
new Billing.Error({ code: Billing.ErrorCode.CARD_DECLINED, message: 'x', details: { card_id: 1 } });
// @ts-expect-error a code of the platform
new Billing.Error({ code: ErrorCode.SYSTEM_ERROR, message: 'x' });
// @ts-expect-error a plain text is no code
convertException(new Error('x'), { defaultCode: 'CARD_DECLINED_10001' });
// @ts-expect-error a name nobody defined
Billing.ErrorCode.CARD_LOST;
// @ts-expect-error an origin nobody knows
convertException(new Error('x'), { origin: 'moon' });
