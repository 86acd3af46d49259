import { ignoreRejection } from '@map/redaction/kernel';
import { ownFields } from '../describe/redacted.ts';
import type { ErrorShape } from '../shape/error-shape.ts';
import { fingerprint } from './fingerprint.ts';
import { errorToJSON } from './json.ts';
import { CALLER, placeOf } from './place.ts';
import { originalFrames, redactedStack } from './stack-frames.ts';

/** The part of a logger that MAP needs; loggers of all kinds have it. */
export interface LoggerLike {
  debug(message: string, fields?: object): unknown;
  info(message: string, fields?: object): unknown;
  warn(message: string, fields?: object): unknown;
  error(message: string, fields?: object): unknown;
}

/** A level that every logger has. */
export type LogLevel = 'info' | 'warn' | 'error';

/**
 * Chooses the log level of an error: cancellations are INFO, a caller's mistakes and transient
 * failures are WARNING, everything else is ERROR.
 * @internal
 */
export function logLevel(error: ErrorShape): LogLevel {
  const status = error.httpStatus;
  if (status === 499) return 'info';
  return status < 500 || error.retryable ? 'warn' : 'error';
}

/** Logs an error once, at the level that fits its code. Never throws, even if the logger does. @internal */
export function logError(error: ErrorShape, logger: LoggerLike, fields?: object): void {
  try {
    const { name, code, message, ...rest } = errorToJSON(error);
    const frames = originalFrames(error.originalError);
    const written = logger[logLevel(error)](message, {
      ...ownFields(fields),
      error_name: name,
      error_code: code,
      error_category: error.category,
      http_status: error.httpStatus,
      ...rest,
      fingerprint: fingerprint(error),
      stack: redactedStack(error),
      ...(frames.length === 0 ? {} : { original_stack: frames.join('\n') }),
      [CALLER]: placeOf(error),
    });
    ignoreRejection(written);
  } catch {
    // The error that is being logged matters more than the failing logger.
  }
}
