import type { BaseError, LoggerLike } from '@map/errors';

const logged = new WeakSet<object>();

/** Logs an error unless that was done before: one that passes several helpers is logged once. */
export function logOnce(error: BaseError, logger: LoggerLike, fields?: object): void {
  if (logged.has(error)) return;
  logged.add(error);
  error.logError(logger, fields);
}
