import { redactText } from '@map/redaction';
import { isObject, read, readNumber, readString } from '@map/redaction/kernel';
import { findCodeInfo } from '../codes/code-info.ts';
import { type AnyErrorCode, ErrorCode } from '../codes/error-code.ts';
import { redacted, redactedRecord } from '../describe/redacted.ts';
import { isCodedError } from '../shape/brand.ts';
import { createError } from '../shape/class-registry.ts';
import type { ErrorShape } from '../shape/error-shape.ts';
import { setLabel } from '../shape/label.ts';
import { MAX_CAUSES, MAX_MESSAGE } from './json.ts';

const MAX_LABEL = 600;
const MAX_TEXT = 1_000_000;

/** Restores an error from its plain data or JSON; anything else gives UNKNOWN_ERROR_1001. */
export function fromJSON(json: unknown, depth = 0): ErrorShape {
  if (isCodedError(json)) return json;
  const data = typeof json === 'string' ? parse(json) : json;
  const code = readString(data, 'code');
  const message = readString(data, 'message');
  if (message === undefined || findCodeInfo(code) === undefined) return garbage(data, message);
  const cause = read(data, 'cause');
  const retryable = read(data, 'retryable');
  const conditional = readString(data, 'retry') === 'conditional';
  const explicit = typeof retryable === 'boolean' && !conditional;
  const original = readString(data, 'original_error');
  const label = original === undefined ? undefined : redactText(original, { limit: MAX_LABEL });
  const error = createError({
    code: code as AnyErrorCode,
    message: redactText(message, { limit: MAX_MESSAGE }),
    details: redactedRecord(read(data, 'details')),
    originalError: depth < MAX_CAUSES && isObject(cause) ? fromJSON(cause, depth + 1) : label,
    retryAfterMs: readNumber(data, 'retry_after_ms'),
    retryable: explicit ? retryable : conditional ? 'conditional' : undefined,
  });
  if (label !== undefined) setLabel(error, label);
  restoreName(error, readString(data, 'name'));
  return error;
}

/** Keeps a name that the application gave the error; the usual one follows from the code. */
function restoreName(error: Error, name: string | undefined): void {
  const isName = name !== undefined && /^[A-Za-z_$][\w$]{0,79}$/.test(name);
  if (isName && name !== error.name && redactText(name) === name) error.name = name;
}

function garbage(data: unknown, message: string | undefined): ErrorShape {
  return createError({
    code: ErrorCode.UNKNOWN_ERROR,
    message: message ? redactText(message) : 'The value is not a serialised MAP error.',
    details: { received: redacted(data) ?? typeof data },
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
