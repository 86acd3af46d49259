import type { BaseError, LoggerLike } from '@map/errors';

const logged = new WeakSet<object>();

/** Logs an error unless it was logged: one that passes through several helpers is told once. */
export function logOnce(error: BaseError, logger: LoggerLike, fields?: object): void {
  if (logged.has(error)) return;
  logged.add(error);
  error.logError(logger, fields);
}
