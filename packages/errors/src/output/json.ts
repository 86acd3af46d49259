import { redactText } from '@map/redaction';
import { read, readNumber, readString } from '@map/redaction/kernel';
import { describeError } from '../describe/describe-error.ts';
import { redactedRecord } from '../describe/redacted.ts';
import { isCodedError } from '../shape/brand.ts';
import type { ErrorShape } from '../shape/error-shape.ts';
import { getLabel } from '../shape/label.ts';

/** An error as plain data, as logs and queues store it. */
export interface ErrorJSON {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
  /** Name and message of the cause, such as "HTTPError: 503 Service Unavailable". */
  readonly original_error?: string;
  readonly retryable: boolean;
  /** Present if `retryable` depends on the operation; see `isRetryable`. */
  readonly retry?: 'conditional';
  readonly retry_after_ms?: number;
  /** The cause in full, if it is a coded error itself. */
  readonly cause?: ErrorJSON;
}

/** How many coded causes are included, in both directions. @internal */
export const MAX_CAUSES = 8;

/** The longest message in characters, in both directions. @internal */
export const MAX_MESSAGE = 8000;

/** Returns the plain data of an error, redacted and bounded; never throws. @internal */
export function errorToJSON(error: ErrorShape, depth = 0): ErrorJSON {
  const message = readString(error, 'message') ?? '';
  const originalError = read(error, 'originalError');
  const retry = read(error, 'retry');
  const retryAfterMs = readNumber(error, 'retryAfterMs');
  const json: { -readonly [K in keyof ErrorJSON]: ErrorJSON[K] } = {
    name: readString(error, 'name') ?? 'Error',
    code: readString(error, 'code') ?? '',
    message: redactText(message, { limit: MAX_MESSAGE }),
    details: redactedRecord(read(error, 'details')),
    retryable: retry === 'yes',
  };
  if (originalError !== undefined) {
    json.original_error = getLabel(error) ?? describeError(originalError);
  }
  if (retry === 'conditional') json.retry = retry;
  if (retryAfterMs !== undefined) json.retry_after_ms = retryAfterMs;
  if (depth < MAX_CAUSES && isCodedError(originalError)) {
    json.cause = errorToJSON(originalError, depth + 1);
  }
  return json;
}
