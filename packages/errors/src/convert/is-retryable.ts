import { firstItems, read } from '@map/redaction/kernel';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import type { BaseError } from '../error/base-error.ts';
import { isBaseError } from '../error/is-base-error.ts';
import { convertException } from './convert-exception.ts';

/** What a conditional code asks about the operation that failed; unknown counts as no. */
export interface RetryContext {
  /** Doing it twice does no harm. */
  readonly idempotent?: boolean;
  /** Tokens of a model's answer have already been passed on. */
  readonly tokensDelivered?: boolean;
  /** The number of the attempt that failed, from 1. */
  readonly attempt?: number;
}

const MAX_ATTEMPTS = 2;
const MAX_CHILDREN = 20;
const MAX_VISITS = 50;

type Condition = (context: RetryContext) => boolean;
const idempotent: Condition = (context) => context.idempotent === true;
const fewAttempts: Condition = ({ attempt }) => attempt !== undefined && attempt <= MAX_ATTEMPTS;

const CONDITIONS: Partial<Record<AnyErrorCode, Condition>> = {
  [ErrorCode.CONNECTION_RESET]: idempotent,
  [ErrorCode.API_ERROR]: idempotent,
  [ErrorCode.TOOL_ERROR]: idempotent,
  [ErrorCode.TOOL_TIMEOUT]: idempotent,
  [ErrorCode.LLM_STREAM_INTERRUPTED]: ({ tokensDelivered }) => tokensDelivered === false,
  [ErrorCode.LLM_INVALID_RESPONSE]: fewAttempts,
  [ErrorCode.LLM_TOOL_CALL_INVALID]: fewAttempts,
};

/**
 * Says whether trying again may help.
 *
 * A conditional code is retryable only when its condition is known to hold: a reset connection and
 * a tool where the operation is idempotent, a broken stream where no tokens were delivered, an
 * unusable answer at most twice, an aggregate where any of its errors is retryable.
 *
 * @param error - An own error, or anything that `convertException` recognises.
 * @param context - What is known about the operation.
 *
 * @example
 * import { BaseError, ErrorCode, isRetryable } from '@map/errors';
 *
 * const error = new BaseError({ code: ErrorCode.CONNECTION_RESET, message: 'Reset.' });
 * isRetryable(error); // false
 * isRetryable(error, { idempotent: true }); // true
 */
export function isRetryable(error: unknown, context?: RetryContext): boolean {
  const own = isBaseError(error) ? error : convertException(error);
  return judge(own, context ?? {}, { left: MAX_VISITS });
}

function judge(error: BaseError, context: RetryContext, visits: { left: number }): boolean {
  if (error.retry !== 'conditional') return error.retry === 'yes';
  const condition = CONDITIONS[error.code];
  if (condition !== undefined) return condition(context);
  const original = read(error, 'originalError');
  const children =
    firstItems(original, MAX_CHILDREN) ?? firstItems(read(original, 'errors'), MAX_CHILDREN);
  for (const child of children ?? []) {
    if (visits.left-- <= 0) return false;
    if (judge(convertException(child), context, visits)) return true;
  }
  return false;
}
