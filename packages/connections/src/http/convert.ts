import { type BaseError, isBaseError } from '@map/errors/core';
import type { RequestError } from 'got';
import { codedError, type ErrorOrigin } from '../core/errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';

/** The client that a request was sent with. */
export interface HttpPlace {
  readonly name: string;
  readonly origin: ErrorOrigin;
}

/**
 * Turns the failure of a request into a coded error.
 *
 * @param client - The client that sent it.
 * @param known - The request, where the error does not carry its options.
 */
export function httpError(error: unknown, client: HttpPlace, known?: Exchange): BaseError {
  if (isBaseError(error)) return error;
  const { name, origin } = client;
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
  return codedError(error, { pool: name, kind: 'http', origin, operation, repeatable, message });
}
