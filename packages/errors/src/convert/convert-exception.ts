import { read, readNumber, readString } from '@map/redaction/kernel';
import { findCodeInfo } from '../codes/code-info.ts';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import type { Details } from '../codes/error-details.ts';
import { ownFields } from '../describe/redacted.ts';
import { safeMessage } from '../describe/safe-message.ts';
import type { BaseError } from '../error/base-error.ts';
import { isBaseError } from '../error/is-base-error.ts';
import { timeoutCode } from '../recognise/abort.ts';
import { isUnclearAbort } from '../recognise/google.ts';
import { recognise } from '../recognise/recognise.ts';
import type { ErrorOrigin } from '../recognise/recognition.ts';
import { createError } from '../shape/class-registry.ts';

/** The caller's knowledge about a third-party error. */
export interface ConvertOptions {
  /** The code of an unrecognised error; by default the general code of the origin. */
  readonly defaultCode?: AnyErrorCode | undefined;
  /** The message of the result; by default the redacted message of the error. */
  readonly defaultMessage?: string | undefined;
  /** Where the error comes from: a raw timeout of a model is another code than one of a tool. */
  readonly origin?: ErrorOrigin | undefined;
  /** Facts to add to the details; they take precedence over those of the error. */
  readonly details?: Details | undefined;
  /** The longest wait to believe of a server, in milliseconds; 60,000 by default. */
  readonly maxRetryAfterMs?: number | undefined;
  /**
   * The signal that the failed operation received. If it is aborted, its reason decides between a
   * timeout and a cancellation, which many SDKs do not tell apart. If it is not, an `AbortError`
   * comes from a time limit of the SDK.
   */
  readonly signal?: AbortSignal | undefined;
}

const MAX_RETRY_AFTER_MS = 60_000;

const BY_ORIGIN: Readonly<Record<ErrorOrigin, ErrorCode>> = {
  llm: ErrorCode.LLM_ERROR,
  api: ErrorCode.API_ERROR,
  tool: ErrorCode.TOOL_ERROR,
  agent: ErrorCode.AGENT_ERROR,
  task: ErrorCode.TASK_ERROR,
  memory: ErrorCode.MEMORY_ERROR,
  cache: ErrorCode.CACHE_ERROR,
  redis: ErrorCode.REDIS_ERROR,
  database: ErrorCode.DATABASE_ERROR,
};

/**
 * Turns anything thrown into an error of MAP, with the code that fits.
 *
 * It knows Node, fetch, got, axios, Redis, PostgreSQL, MySQL, the SDKs of OpenAI and Anthropic,
 * the AI SDK, AWS, gRPC, Stripe, Boom, Nest, Zod, ajv, TypeBox, cockatiel and opossum by the shape
 * of their errors. Nothing that a foreign error holds beyond that reaches the result's data.
 *
 * @param error - Anything; an own error comes back as it is.
 * @param options - What the caller knows about it.
 * @returns An error whose `originalError` is what was given; never throws.
 *
 * @example
 * ```ts
 * import { convertException } from '@map/errors';
 *
 * try {
 *   await fetch('http://nope.invalid');
 * } catch (error) {
 *   convertException(error, { origin: 'api' }).retryable; // true
 * }
 * ```
 */
export function convertException(error: unknown, options: ConvertOptions = {}): BaseError {
  if (isBaseError(error)) return error;
  // A caller without types may pass anything, and an error is at stake.
  const named = readString(options, 'origin');
  const origin =
    named !== undefined && Object.hasOwn(BY_ORIGIN, named) ? (named as ErrorOrigin) : undefined;
  const limit = readNumber(options, 'maxRetryAfterMs') ?? MAX_RETRY_AFTER_MS;
  const found = recognise(error, origin, Math.max(0, limit));
  const code =
    abortCode(read(options, 'signal'), error, found?.code, origin) ??
    found?.code ??
    fallbackCode(read(options, 'defaultCode'), origin);
  return createError({
    code,
    message:
      readString(options, 'defaultMessage') ??
      found?.message ??
      safeMessage(error) ??
      findCodeInfo(code)?.userMessage ??
      'Something went wrong.',
    details: { ...ownFields(found?.details), ...ownFields(read(options, 'details')) },
    originalError: error,
    retryAfterMs: found?.retryAfterMs,
    retryable: found?.retryable,
  }) as BaseError;
}

function fallbackCode(defaultCode: unknown, origin: ErrorOrigin | undefined): AnyErrorCode {
  if (findCodeInfo(defaultCode) !== undefined) return defaultCode as AnyErrorCode;
  return origin === undefined ? ErrorCode.UNKNOWN_ERROR : BY_ORIGIN[origin];
}

// The error of an SDK that does not recognise an abort.
const UNCLEAR: ReadonlySet<AnyErrorCode> = new Set([
  ErrorCode.OPERATION_CANCELLED,
  ErrorCode.UNKNOWN_ERROR,
  ErrorCode.CONNECTION_ERROR,
  ErrorCode.CONNECTION_RESET,
  ErrorCode.LLM_STREAM_INTERRUPTED,
  ...Object.values(BY_ORIGIN),
]);

function abortCode(
  signal: unknown,
  error: unknown,
  found: AnyErrorCode | undefined,
  origin: ErrorOrigin | undefined,
): AnyErrorCode | undefined {
  const aborted = read(signal, 'aborted');
  if (aborted === false && found === ErrorCode.OPERATION_CANCELLED) {
    // Its caller did not abort it.
    return isUnclearAbort(error) ? timeoutCode(origin) : undefined;
  }
  if (aborted !== true) return undefined;
  if (found !== undefined && !UNCLEAR.has(found)) return undefined;
  const reason = read(signal, 'reason');
  if (isBaseError(reason)) return findCodeInfo(reason.code)?.code;
  const late = readString(reason, 'name') === 'TimeoutError';
  return late ? timeoutCode(origin) : ErrorCode.OPERATION_CANCELLED;
}
