import { redactForeignText } from '@map/redaction';
import { isNativeError, read, readString } from '@map/redaction/kernel';
import { safeMessage } from '../describe/safe-message.ts';
import { readRetryAfterMs } from './headers.ts';
import { byStatus } from './http-client.ts';
import { httpDetails, readStatus } from './http-details.ts';
import type { Recogniser } from './recognition.ts';
import { ownCode } from './service.ts';

/** Whether a value is a `Response`, also one of another realm or library. */
export function isResponse(value: object): boolean {
  return (
    typeof read(read(value, 'headers'), 'get') === 'function' &&
    typeof read(value, 'ok') === 'boolean'
  );
}

/**
 * A response that was thrown as it is: that of `fetch`, or one that a handler made for its own caller;
 * and a plain object with a status, where the origin says that a service was called.
 */
export const recogniseThrownResponse: Recogniser = (error, context) => {
  if (isNativeError(error)) return undefined;
  const status = readStatus(error, 'status') ?? readStatus(error, 'statusCode');
  if (status === undefined || status < 400) return undefined;
  const headers = read(error, 'headers');
  const isAnswer = isResponse(error);
  const url = readString(error, 'url');
  const text = readString(error, 'statusText') || safeMessage(error);
  const message = redactForeignText(text ? `${status} ${text}` : `Status ${status}.`, {
    limit: 500,
  });
  if (isAnswer && url === '') {
    const retryAfterMs = readRetryAfterMs(headers, context.maxRetryAfterMs);
    return { code: ownCode(status), message, details: { status_code: status }, retryAfterMs };
  }
  if (!isAnswer && (context.origin === undefined || context.origin === 'llm')) return undefined;
  const details = httpDetails({ url, status, headers });
  const body = isAnswer ? undefined : error;
  return { ...byStatus({ status, headers, details, body }, context), message };
};
