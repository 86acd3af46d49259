import type { BaseError } from './base-error.ts';
import { describeError } from './describe-error.ts';
import { isBaseError } from './is-base-error.ts';
import { maskSecrets } from './redact.ts';
import { getLabel } from './rehydrated.ts';
import { read, readNumber, readString } from './safe.ts';
import { sanitizeRecord } from './sanitize.ts';

/** An error as plain data, in the shape that logs and queues hold. */
export interface ErrorJSON {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
  /** Name and message of the cause, such as "HTTPError: 503 Service Unavailable". */
  readonly original_error?: string;
  readonly retryable: boolean;
  /** Says that `retryable` holds only until more is known, see `isRetryable`. */
  readonly retry?: 'conditional';
  readonly retry_after_ms?: number;
  /** The cause in full, where it is one of our own errors. */
  readonly cause?: ErrorJSON;
}

/** How many own causes go along; the same on the way back. */
export const MAX_CAUSES = 8;

/** The longest message, in characters; the same on the way back. */
export const MAX_MESSAGE = 8000;

/** Gives the plain data of an error, redacted and bounded; never throws. */
export function errorToJSON(error: BaseError, depth = 0): ErrorJSON {
  const message = readString(error, 'message') ?? '';
  const originalError = read(error, 'originalError');
  const retry = read(error, 'retry');
  const retryAfterMs = readNumber(error, 'retryAfterMs');
  const json: { -readonly [K in keyof ErrorJSON]: ErrorJSON[K] } = {
    name: readString(error, 'name') ?? 'Error',
    code: readString(error, 'code') ?? '',
    message: maskSecrets(message, MAX_MESSAGE),
    details: sanitizeRecord(read(error, 'details')),
    retryable: retry === 'yes',
  };
  if (originalError !== undefined) {
    json.original_error = getLabel(error) ?? describeError(originalError);
  }
  if (retry === 'conditional') json.retry = retry;
  if (retryAfterMs !== undefined) json.retry_after_ms = retryAfterMs;
  if (depth < MAX_CAUSES && isBaseError(originalError)) {
    json.cause = errorToJSON(originalError, depth + 1);
  }
  return json;
}
