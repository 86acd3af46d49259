import type { BaseError } from './base-error.ts';
import { createError } from './class-registry.ts';
import { type AnyErrorCode, type Details, ErrorCode } from './error-code.ts';
import { isBaseError } from './is-base-error.ts';
import { redactText } from './redact.ts';
import { read, readString } from './safe.ts';

/** Where an error comes from, for those that do not say so themselves. */
export type ErrorOrigin =
  | 'llm'
  | 'api'
  | 'tool'
  | 'redis'
  | 'database'
  | 'agent'
  | 'task'
  | 'memory'
  | 'cache';

/** What the caller knows about a foreign error. */
export interface ConvertOptions {
  /** The code of an error that nothing recognises; `UNKNOWN_ERROR_1001` by default. */
  readonly defaultCode?: AnyErrorCode;
  /** The message of the result; by default the redacted message of the error. */
  readonly defaultMessage?: string;
  readonly origin?: ErrorOrigin;
  /** Facts to add to the details. */
  readonly details?: Details;
}

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: ErrorCode.CONNECTION_REFUSED,
  ECONNRESET: ErrorCode.CONNECTION_RESET,
  EPIPE: ErrorCode.CONNECTION_RESET,
  UND_ERR_SOCKET: ErrorCode.CONNECTION_RESET,
  ETIMEDOUT: ErrorCode.CONNECTION_TIMEOUT,
  UND_ERR_CONNECT_TIMEOUT: ErrorCode.CONNECTION_TIMEOUT,
  UND_ERR_HEADERS_TIMEOUT: ErrorCode.UPSTREAM_TIMEOUT,
  UND_ERR_BODY_TIMEOUT: ErrorCode.UPSTREAM_TIMEOUT,
  ENOTFOUND: ErrorCode.DNS_FAILURE,
  EAI_AGAIN: ErrorCode.DNS_FAILURE,
  EHOSTUNREACH: ErrorCode.CONNECTION_ERROR,
  ENETUNREACH: ErrorCode.CONNECTION_ERROR,
  ENOSPC: ErrorCode.STORAGE_FULL,
  EMFILE: ErrorCode.RESOURCE_EXHAUSTED,
  ENOENT: ErrorCode.FILE_SYSTEM_ERROR,
  EACCES: ErrorCode.FILE_SYSTEM_ERROR,
  EISDIR: ErrorCode.FILE_SYSTEM_ERROR,
  EADDRINUSE: ErrorCode.CONFIG_INVALID,
  ERR_INVALID_URL: ErrorCode.CONFIG_INVALID,
};

/**
 * Turns anything thrown into an error of the platform; never throws.
 *
 * @param error - Anything; an own error comes back as it is.
 * @param options - What the caller knows about it.
 */
export function convertException(error: unknown, options: ConvertOptions = {}): BaseError {
  if (isBaseError(error)) return error;
  let code: AnyErrorCode | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < 8 && code === undefined && current !== undefined; depth++) {
    const systemCode = readString(current, 'code');
    if (systemCode !== undefined && Object.hasOwn(SYSTEM_CODES, systemCode))
      code = SYSTEM_CODES[systemCode];
    else if (readString(current, 'name') === 'AbortError') code = ErrorCode.OPERATION_CANCELLED;
    else if (readString(current, 'name') === 'TimeoutError') code = ErrorCode.OPERATION_TIMEOUT;
    current = read(current, 'cause');
  }
  code ??= options.defaultCode ?? ErrorCode.UNKNOWN_ERROR;
  const message = readString(error, 'message');
  return createError({
    code,
    message:
      options.defaultMessage ?? (message ? redactText(message) : 'An unknown error occurred.'),
    details: options.details ?? {},
    originalError: error,
  });
}
