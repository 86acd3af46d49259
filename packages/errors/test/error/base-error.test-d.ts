import {
  BaseError,
  convertException,
  type DetailsByCode,
  type DetailsOf,
  defineErrors,
  ErrorCode,
  LLMError,
  SystemError,
  ValidationError,
} from '../../src/index.ts';

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

// Each code has its own details.
yes<Equal<Exclude<keyof DetailsByCode, ErrorCode>, never>>();
yes<Equal<DetailsOf<'LLM_TIMEOUT_5009'>['timeout_ms'], number | undefined>>();
yes<Equal<DetailsOf<'LLM_TIMEOUT_5009'>['model'], string | undefined>>();
yes<Equal<DetailsOf<'LLM_RATE_LIMITED_5001'>['timeout_ms'], unknown>>();
yes<Equal<DetailsOf<'POOL_EXHAUSTED_9006'>['waiting'], number | undefined>>();
yes<Equal<DetailsOf<'DATABASE_ERROR_9200'>['table'], string | undefined>>();
yes<Equal<DetailsOf<'AGENT_MAX_STEPS_EXCEEDED_6006'>['max_steps'], number | undefined>>();
new LLMError({ code: ErrorCode.LLM_RATE_LIMITED, message: 'x', details: { timeout_ms: 'any' } });
// @ts-expect-error a deadline is a number of milliseconds
new LLMError({ code: ErrorCode.LLM_TIMEOUT, message: 'x', details: { timeout_ms: '30s' } });
// @ts-expect-error the tool has a name
new LLMError({ code: ErrorCode.LLM_TOOL_CALL_INVALID, message: 'x', details: { tool: 1 } });
// @ts-expect-error errors in an aggregate are sentences
new SystemError({ code: ErrorCode.MULTIPLE_ERRORS, message: 'x', details: { errors: [1] } });

// A fact that is not known may be left undefined.
new LLMError({ code: ErrorCode.LLM_TIMEOUT, message: 'x', details: { model: undefined } });

// Every error is one of the general kind.
const general: BaseError = error;
const own: BaseError = new LLMError({ code: ErrorCode.LLM_TIMEOUT, message: general.message });
own.logError(console);

// @ts-expect-error an unknown code
new BaseError({ code: 'NOPE_1', message: 'x' });
// @ts-expect-error a misspelled code of MAP
new BaseError({ code: ErrorCode.SYSTEM_EROR, message: 'x' });
// @ts-expect-error a message is needed
new BaseError({ code: ErrorCode.SYSTEM_ERROR });
// @ts-expect-error a status is a number
new BaseError({ code: ErrorCode.API_ERROR, message: 'x', details: { status_code: '503' } });
// @ts-expect-error an issue has a path
new ValidationError({ code: ErrorCode.SCHEMA_MISMATCH, message: 'x', details: { issues: [{}] } });
// @ts-expect-error an unknown option
new BaseError({ code: ErrorCode.API_ERROR, message: 'x', retryAfter: 1 });

// A class takes the codes of its category.
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
// @ts-expect-error a card's id is a string
new Billing.Error({ code: Billing.ErrorCode.CARD_DECLINED, message: 'x', details: { card_id: 1 } });
// @ts-expect-error a code of MAP
new Billing.Error({ code: ErrorCode.SYSTEM_ERROR, message: 'x' });
// @ts-expect-error a plain string is not a code
convertException(new Error('x'), { defaultCode: 'CARD_DECLINED_10001' });
// @ts-expect-error a name that is not defined
Billing.ErrorCode.CARD_LOST;
// @ts-expect-error an unknown origin
convertException(new Error('x'), { origin: 'moon' });
