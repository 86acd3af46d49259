import { type BaseError, isBaseError } from '@map/errors/core';
import type { RequestError } from 'got';
import { codedError } from '../core/errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';

/**
 * Turns what a request failed with into a coded error.
 *
 * @param name - Name of the client.
 * @param known - The request, where the error does not carry its options.
 */
export function httpError(error: unknown, name: string, known?: Exchange): BaseError {
  if (isBaseError(error)) return error;
  const failed = error as Partial<RequestError>;
  const exchange = known ?? exchangeOf(failed.options);
  // The deadline, a signal or the shutdown ended it: got only knows that it was aborted.
  if (exchange?.operation.error !== undefined) return exchange.operation.error;
  for (let cause = failed.cause, depth = 0; cause && depth < 5; depth++) {
    if (isBaseError(cause)) return cause;
    cause = (cause as Error).cause;
  }
  const operation = failed.options?.method ?? exchange?.operation.name ?? 'request';
  const repeatable = exchange?.operation.repeatable ?? false;
  const status = failed.name === 'HTTPError' ? failed.response?.statusCode : undefined;
  const message =
    status === undefined
      ? undefined
      : `${operation} via HTTP client "${name}" failed with status ${status}.`;
  return codedError(error, { pool: name, kind: 'http', operation, repeatable, message });
}
