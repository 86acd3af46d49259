import type { BaseError } from './base-error.ts';
import { createError } from './class-registry.ts';
import { findCodeInfo } from './code-info.ts';
import { type AnyErrorCode, type Details, ErrorCode } from './error-code.ts';
import { isBaseError } from './is-base-error.ts';
import { isArray, isObject, read, readNumber, readString } from './safe.ts';
import { sanitize } from './sanitize.ts';

/** Brings an error back from its plain data or JSON text; garbage gives UNKNOWN_ERROR_1001. */
export function fromJSON(json: unknown, depth = 0): BaseError {
  if (isBaseError(json)) return json;
  const data = typeof json === 'string' ? parse(json) : json;
  const code = readString(data, 'code');
  const message = readString(data, 'message');
  if (message === undefined || findCodeInfo(code) === undefined) {
    return createError({
      code: ErrorCode.UNKNOWN_ERROR,
      message: message ?? 'This is no error of the platform.',
      details: { received: sanitize(data) },
    });
  }
  const details = read(data, 'details');
  const cause = read(data, 'cause');
  const retryable = read(data, 'retryable');
  return createError({
    code: code as AnyErrorCode,
    message,
    details: isObject(details) && !isArray(details) ? (details as Details) : {},
    originalError:
      depth < 8 && isObject(cause)
        ? fromJSON(cause, depth + 1)
        : readString(data, 'original_error'),
    retryAfterMs: readNumber(data, 'retry_after_ms'),
    retryable: typeof retryable === 'boolean' ? retryable : undefined,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
