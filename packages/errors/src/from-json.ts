import type { BaseError } from './base-error.ts';
import { createError } from './class-registry.ts';
import { findCodeInfo } from './code-info.ts';
import { type AnyErrorCode, ErrorCode } from './error-code.ts';
import { MAX_CAUSES, MAX_MESSAGE } from './error-json.ts';
import { isBaseError } from './is-base-error.ts';
import { maskSecrets } from './redact.ts';
import { setLabel } from './rehydrated.ts';
import { isObject, read, readNumber, readString } from './safe.ts';
import { sanitize, sanitizeRecord } from './sanitize.ts';

const MAX_LABEL = 600;
const MAX_TEXT = 1_000_000;

/** Brings an error back from its plain data or JSON text; garbage gives UNKNOWN_ERROR_1001. */
export function fromJSON(json: unknown, depth = 0): BaseError {
  if (isBaseError(json)) return json;
  const data = typeof json === 'string' ? parse(json) : json;
  const code = readString(data, 'code');
  const message = readString(data, 'message');
  if (message === undefined || findCodeInfo(code) === undefined) return garbage(data, message);
  const cause = read(data, 'cause');
  const retryable = read(data, 'retryable');
  const explicit = typeof retryable === 'boolean' && readString(data, 'retry') !== 'conditional';
  const original = readString(data, 'original_error');
  const label = original === undefined ? undefined : maskSecrets(original, MAX_LABEL);
  const error = createError({
    code: code as AnyErrorCode,
    message: maskSecrets(message, MAX_MESSAGE),
    details: sanitizeRecord(read(data, 'details')),
    originalError: depth < MAX_CAUSES && isObject(cause) ? fromJSON(cause, depth + 1) : label,
    retryAfterMs: readNumber(data, 'retry_after_ms'),
    retryable: explicit ? retryable : undefined,
  });
  if (label !== undefined) setLabel(error, label);
  return error;
}

function garbage(data: unknown, message: string | undefined): BaseError {
  return createError({
    code: ErrorCode.UNKNOWN_ERROR,
    message: message ? maskSecrets(message) : 'The data is no error of the platform.',
    details: { received: sanitize(data) ?? typeof data },
  });
}

function parse(text: string): unknown {
  if (text.length > MAX_TEXT) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
