import { firstItems, read, readString } from '@map/redaction/kernel';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import type { BaseError } from '../error/base-error.ts';
import { isBaseError } from '../error/is-base-error.ts';
import { convertException } from './convert-exception.ts';

/** Facts about the failed operation; unknown conditions count as not met. */
export interface RetryContext {
  /** Whether executing it twice has the same effect as once. */
  readonly idempotent?: boolean;
  /** Whether tokens of the model's response have already been passed on. */
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

// After these the operation may have been executed: it was sent, and no response came.
const UNANSWERED: ReadonlySet<AnyErrorCode> = new Set([
  ErrorCode.CONNECTION_TIMEOUT,
  ErrorCode.OPERATION_TIMEOUT,
  ErrorCode.UPSTREAM_TIMEOUT,
]);

/**
 * Returns whether trying again may help.
 *
 * A conditional error is retryable only if its condition is known to hold: a reset connection, a
 * tool and an operation without a response if the operation is idempotent; an interrupted stream if
 * no tokens were delivered; an unusable response at most twice; an aggregate if any of its errors is
 * retryable. A timeout is not retryable if the operation is known not to be idempotent, except that
 * of a connection attempt.
 *
 * @param error - A coded error, or anything that `convertException` recognises.
 * @param context - What is known about the operation.
 *
 * @example
 * ```ts
 * import { BaseError, ErrorCode, isRetryable } from '@map/errors';
 *
 * const error = new BaseError({ code: ErrorCode.CONNECTION_RESET, message: 'Reset.' });
 * isRetryable(error); // false
 * isRetryable(error, { idempotent: true }); // true
 * ```
 */
export function isRetryable(error: unknown, context?: RetryContext): boolean {
  const own = isBaseError(error) ? error : convertException(error);
  return judge(own, context ?? {}, { left: MAX_VISITS });
}

function judge(error: BaseError, context: RetryContext, visits: { left: number }): boolean {
  if (context.idempotent === false && mayBeDone(error)) return false;
  if (error.retry !== 'conditional') return error.retry === 'yes';
  const condition = CONDITIONS[error.code];
  if (condition !== undefined) return condition(context);
  const original = read(error, 'originalError');
  const children =
    firstItems(original, MAX_CHILDREN) ?? firstItems(read(original, 'errors'), MAX_CHILDREN);
  if (children === undefined) return context.idempotent === true;
  for (const child of children) {
    if (visits.left-- <= 0) return false;
    if (judge(convertException(child), context, visits)) return true;
  }
  return false;
}

function mayBeDone(error: BaseError): boolean {
  if (!UNANSWERED.has(error.code)) return false;
  const { details } = error;
  const connecting =
    readString(details, 'syscall') === 'connect' ||
    readString(details, 'system_code') === 'UND_ERR_CONNECT_TIMEOUT';
  return !connecting;
}
