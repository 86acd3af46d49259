import type { BaseError } from './base-error.ts';
import { describeError } from './describe-error.ts';
import { isBaseError } from './is-base-error.ts';
import { sanitize } from './sanitize.ts';

/** An error as plain data, in the shape that logs and queues hold. */
export interface ErrorJSON {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
  /** Name and message of the cause, such as "HTTPError: 503 Service Unavailable". */
  readonly original_error?: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
  /** The cause in full, where it is one of our own errors. */
  readonly cause?: ErrorJSON;
}

const MAX_CAUSES = 8;

/** Gives the plain data of an error, redacted and bounded; never throws. */
export function errorToJSON(error: BaseError, depth = 0): ErrorJSON {
  const original = error.originalError;
  const json: { -readonly [K in keyof ErrorJSON]: ErrorJSON[K] } = {
    name: error.name,
    code: error.code,
    message: error.message,
    details: sanitize(error.details) as Record<string, unknown>,
    retryable: error.retryable,
  };
  if (original !== undefined) json.original_error = describeError(original);
  if (error.retryAfterMs !== undefined) json.retry_after_ms = error.retryAfterMs;
  if (depth < MAX_CAUSES && isBaseError(original)) json.cause = errorToJSON(original, depth + 1);
  return json;
}
