import type { BaseError } from './base-error.ts';

/** The part of a logger that this package needs. */
export interface LoggerLike {
  debug(message: string, fields?: object): unknown;
  info(message: string, fields?: object): unknown;
  warn(message: string, fields?: object): unknown;
  error(message: string, fields?: object): unknown;
}

/** Says how loud an error is: cancelled is no failure, a caller's mistake or a passing one no alarm. */
export function logLevel(error: BaseError): 'info' | 'warn' | 'error' {
  const status = error.httpStatus;
  if (status === 499) return 'info';
  return status < 500 || error.retryable ? 'warn' : 'error';
}

/** Logs an error once, at the level that fits its code; a broken logger does no harm. */
export function logError(error: BaseError, logger: LoggerLike, fields?: object): void {
  try {
    const { name, message, code, ...rest } = error.toJSON();
    logger[logLevel(error)](message, {
      ...fields,
      error_name: name,
      error_code: code,
      error_category: error.category,
      ...rest,
      stack: error.stack,
    });
  } catch {
    // The error at hand matters more than a logger that fails.
  }
}
