import {
  APIError,
  BaseError,
  ConfigurationError,
  ConnectionError,
  ErrorCode,
  isBaseError,
  SystemError,
  ValidationError,
} from '@map/errors/core';
import { errorOf } from '@map/errors/kernel';
import { readString } from '@map/redaction/kernel';
import { symptom } from './symptom.ts';

type ConvertException = typeof import('@map/errors').convertException;

/** The purpose of a connection. */
export type ErrorOrigin = import('@map/errors').ErrorOrigin;

let convertException: ConvertException | undefined;

/**
 * Loads the part of `@map/errors` that recognises the errors of libraries. It is the larger part,
 * and not needed before the first connection is opened.
 */
export async function loadConversion(): Promise<void> {
  convertException ??= (await import('@map/errors')).convertException;
}

/** Where an error happened; becomes part of its message and details. */
export interface Place {
  readonly pool: string;
  readonly kind: string;
  /** The purpose of an HTTP connection; selects the codes of its failures. */
  readonly origin?: ErrorOrigin | undefined;
  readonly operation?: string;
  /** Whether the operation may be repeated when it is unknown if it was executed. */
  readonly repeatable?: boolean;
  /** The message, where more is known than that it failed. */
  readonly message?: string | undefined;
}

const origins: Readonly<Record<string, ErrorOrigin>> = { redis: 'redis', http: 'api' };

/** The codes of a request that got no response in time; `UPSTREAM_TIMEOUT` for every other origin. */
export const timeoutCodes: Partial<Record<ErrorOrigin, ErrorCode>> = {
  llm: ErrorCode.LLM_TIMEOUT,
  tool: ErrorCode.TOOL_TIMEOUT,
  agent: ErrorCode.AGENT_TIMEOUT,
};

/**
 * Turns a library's error into a coded error that names the connection and the operation.
 *
 * @param error - The thrown value.
 * @param place - Where it happened.
 * @returns The same error if it has a code already, otherwise a new one with it as cause.
 */
export function codedError(error: unknown, place: Place): BaseError {
  if (isBaseError(error)) return error;
  const { pool, operation, repeatable } = place;
  const details = operation === undefined ? { pool } : { pool, operation };
  const code = fallbackCode(place);
  const message = place.message ?? failure(error, place);
  if (convertException === undefined) {
    return new BaseError({ code, message, details, originalError: error });
  }
  const { origin = origins[place.kind] } = place;
  const converted = convertException(error, {
    origin,
    defaultCode: code,
    defaultMessage: message,
    details,
  });
  const common = { message, details: converted.details, originalError: error };
  if (converted.code === ErrorCode.UPSTREAM_TIMEOUT && repeatable === false) {
    const { retryAfterMs } = converted;
    // The server may have executed it, so repeating it is not safe.
    return new APIError({
      ...common,
      code: ErrorCode.UPSTREAM_TIMEOUT,
      retryAfterMs,
      retryable: 'conditional',
    });
  }
  if (converted.code === ErrorCode.CONNECTION_RESET && repeatable) {
    return new ConnectionError({ ...common, code: ErrorCode.CONNECTION_RESET, retryable: true });
  }
  return converted;
}

function failure(error: unknown, { kind, operation, pool }: Place): string {
  const connection = `${kind} connection "${pool}"`;
  const subject = operation === undefined ? connection : `${operation} on ${connection}`;
  const word = symptom(error, kind);
  return word === undefined ? `${subject} failed.` : `${subject} failed: ${word}`;
}

/** An option cannot be used. */
export function configError(
  message: string,
  details: Record<string, unknown> = {},
  originalError?: unknown,
): BaseError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message,
    details,
    originalError,
  });
}

/** An argument of a call cannot be used. */
export function argumentError(message: string, details: Record<string, unknown> = {}): BaseError {
  return new ValidationError({ code: ErrorCode.VALIDATION_ERROR, message, details });
}

/** The connection, or the whole manager, has been closed. */
export function closedError(pool: string, operation?: string): BaseError {
  return new ConnectionError({
    code: ErrorCode.CLIENT_CLOSED,
    message: `Connection "${pool}" is closed. Get a new one from the manager; after a shutdown, from a new manager.`,
    details: operation === undefined ? { pool } : { pool, operation },
    stack: false,
  });
}

/** The caller aborted the operation; `AbortSignal.timeout` is a deadline. */
export function cancelledError(place: Place, reason: unknown): BaseError {
  if (readString(reason, 'name') === 'TimeoutError') return deadlineError(place, reason);
  return new SystemError({
    code: ErrorCode.OPERATION_CANCELLED,
    message: `${place.operation ?? 'Work'} on connection "${place.pool}" was cancelled.`,
    details: { pool: place.pool, ...(place.operation && { operation: place.operation }) },
    originalError: reason,
  });
}

function deadlineError(place: Place, reason: unknown): BaseError {
  const { kind, operation, origin, pool, repeatable } = place;
  const special = origin && timeoutCodes[origin];
  const usual = kind === 'http' ? ErrorCode.UPSTREAM_TIMEOUT : ErrorCode.OPERATION_TIMEOUT;
  return errorOf({
    code: special ?? usual,
    message: `${operation ?? 'Work'} on connection "${pool}" did not complete before the deadline of its signal.`,
    details: { pool, ...(operation && { operation }) },
    originalError: reason,
    // It may have been executed.
    ...(special === undefined && { retryable: repeatable === true || 'conditional' }),
  });
}

/** The connection was lost while the operation was in flight. */
export function lostError(place: Place, cause?: unknown): BaseError {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: `Connection "${place.pool}" was lost during ${place.operation}. ${maybeExecuted(place)}`,
    details: { pool: place.pool, operation: place.operation },
    originalError: cause,
    ...(place.repeatable && { retryable: true }),
  });
}

/** The server did not reply in time. */
export function noReplyError(place: Place, timeoutMs: number): BaseError {
  const { kind, operation, origin, pool, repeatable } = place;
  const details = { pool, operation, timeout_ms: timeoutMs };
  const special = origin && timeoutCodes[origin];
  if (special !== undefined) {
    const message = `${operation} via HTTP client "${pool}" did not complete within ${timeoutMs} ms.`;
    return errorOf({ code: special, message, details });
  }
  if (kind === 'http') {
    return new APIError({
      code: ErrorCode.UPSTREAM_TIMEOUT,
      message: `${operation} via HTTP client "${pool}" did not complete within ${timeoutMs} ms.`,
      details,
      // A POST may have been executed.
      retryable: repeatable === true || 'conditional',
    });
  }
  return new ConnectionError({
    code: ErrorCode.CONNECTION_TIMEOUT,
    message: `${operation} on connection "${pool}" got no reply within ${timeoutMs} ms.`,
    details,
    // It was sent, so it may have been executed: repeating `INCR` or an INSERT is not safe.
    retryable: repeatable === true || 'conditional',
  });
}

function maybeExecuted({ operation }: Place): string {
  return operation === 'connect' ? 'Nothing was sent.' : 'The command may have been executed.';
}

function fallbackCode({ kind, operation }: Place): ErrorCode {
  if (kind === 'redis') return ErrorCode.REDIS_ERROR;
  if (kind === 'http') return ErrorCode.API_ERROR;
  // Nothing is known about a custom connection, except that it should have opened.
  return operation === 'connect' ? ErrorCode.CONNECTION_ERROR : ErrorCode.UNKNOWN_ERROR;
}
