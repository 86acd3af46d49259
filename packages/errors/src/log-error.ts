import type { BaseError } from './base-error.ts';
import { errorToJSON } from './error-json.ts';
import { ownFields } from './sanitize.ts';
import { maskedStack, originalFrames } from './stack-frames.ts';

/** The part of a logger that this package needs. */
export interface LoggerLike {
  debug(message: string, fields?: object): unknown;
  info(message: string, fields?: object): unknown;
  warn(message: string, fields?: object): unknown;
  error(message: string, fields?: object): unknown;
}

/** A level that every logger has. */
export type LogLevel = 'info' | 'warn' | 'error';

/**
 * Says how loud an error is: a cancellation is news, a caller's mistake and a passing failure are
 * warnings, everything else needs someone to look.
 */
export function logLevel(error: BaseError): LogLevel {
  const status = error.httpStatus;
  if (status === 499) return 'info';
  return status < 500 || error.retryable ? 'warn' : 'error';
}

/** Logs an error once, at the level that fits its code; a broken logger does no harm. */
export function logError(error: BaseError, logger: LoggerLike, fields?: object): void {
  try {
    const { name, code, message, ...rest } = errorToJSON(error);
    const frames = originalFrames(error.originalError);
    logger[logLevel(error)](message, {
      ...ownFields(fields),
      error_name: name,
      error_code: code,
      error_category: error.category,
      http_status: error.httpStatus,
      ...rest,
      fingerprint: error.fingerprint(),
      stack: maskedStack(error),
      ...(frames.length === 0 ? {} : { original_stack: frames.join('\n') }),
    });
  } catch {
    // The error at hand matters more than a logger that fails.
  }
}
