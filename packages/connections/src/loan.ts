import { type BaseError, ConnectionError, ErrorCode } from '@map/errors/core';
import type { ConnectionEvent, ConnectionKind, LoggerLike } from './observer.ts';
import type { Opened } from './resource.ts';
import type { Scope } from './scope.ts';

/** Sizes and limits of a pool; all times in milliseconds. */
export interface PoolSettings {
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly max: number;
  readonly maxWaiting: number;
  readonly connectTimeoutMs: number;
  readonly operationTimeoutMs: number;
  readonly acquireTimeoutMs: number;
  readonly maxRetryDelayMs: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
  readonly leakWarningMs: number;
}

/** One pooled connection in the hands of one borrower. */
export interface Member<T> {
  readonly opened: Opened<T>;
  readonly expiresAt: number;
  idleSince: number;
}

/** A borrowed member and the scope that bounds its operations. */
export interface Loan<T> {
  readonly member: Member<T>;
  readonly scope: Scope;
  /** Set when the borrower left something behind that the next one must not see. */
  dirty: boolean;
  leakTimer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Names a lease that is not given back, with the place that took it.
 *
 * @param takenAt - Holds the stack of that place.
 */
export function warnOfLeak(
  { name, kind, leakWarningMs }: PoolSettings,
  takenAt: Error,
  report: ((event: ConnectionEvent) => void) | undefined,
  logger: LoggerLike | undefined,
): void {
  const stack = (takenAt.stack ?? '').split('\n').slice(1).join('\n');
  report?.({ type: 'leak', pool: name, kind, heldMs: leakWarningMs, takenAt: stack });
  const message = `A lease of connection "${name}" has not been given back for ${leakWarningMs} ms. It was taken here:\n${stack}`;
  if (logger === undefined) process.emitWarning(message, 'ConnectionLeakWarning');
  else logger.warn(message, { pool: name, held_ms: leakWarningMs, taken_at: stack });
}

/** Nothing can be lent; the reason is the last failure to open a connection, when there is one. */
export function exhausted(
  { name, max }: PoolSettings,
  counts: { readonly inUse: number; readonly waiting: number },
  why: string,
  cause: BaseError | undefined,
): BaseError {
  return new ConnectionError({
    code:
      cause?.category === 'connection'
        ? (cause.code as typeof ErrorCode.CONNECTION_ERROR)
        : ErrorCode.POOL_EXHAUSTED,
    message: `Pool "${name}" has no connection to give: ${why} (${counts.inUse} of ${max} in use).`,
    details: { pool: name, in_use: counts.inUse, max, waiting: counts.waiting },
    originalError: cause,
    retryable: true,
  });
}
