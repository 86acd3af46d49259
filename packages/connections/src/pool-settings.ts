import { checkInteger, checkMs, checkSettings } from './validate.ts';

/** Sizes and limits of a pool; all times in milliseconds. */
export interface PoolOptions {
  /** Connections at most; 10 by default. */
  readonly max?: number;
  /** Borrowers that may wait; 1,000 by default. */
  readonly maxWaiting?: number;
  /** Limit for waiting; 5,000 by default. */
  readonly acquireTimeoutMs?: number;
  /** A connection unused for this long is closed; 60,000 by default. */
  readonly idleTimeoutMs?: number;
  /** A connection this old is closed when it is given back; 1,800,000 by default. */
  readonly maxLifetimeMs?: number;
  /** A lease held for this long is reported; 30,000 by default, infinity for never. */
  readonly leakWarningMs?: number;
}

/** Pool sizes and limits with their defaults filled in. */
export type PoolLimits = Required<PoolOptions>;

/**
 * Checks the limits of a pool and fills the defaults in.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for a value that cannot be used.
 */
export function poolLimits(where: string, options: PoolOptions = {}): PoolLimits {
  checkSettings(`the pool of ${where}`, options);
  return {
    max: checkInteger(where, 'pool.max', options.max ?? 10, 1),
    maxWaiting: checkInteger(where, 'pool.maxWaiting', options.maxWaiting ?? 1_000, 0),
    acquireTimeoutMs: checkMs(where, 'pool.acquireTimeoutMs', options.acquireTimeoutMs ?? 5_000),
    idleTimeoutMs: checkMs(where, 'pool.idleTimeoutMs', options.idleTimeoutMs ?? 60_000),
    maxLifetimeMs: checkMs(where, 'pool.maxLifetimeMs', options.maxLifetimeMs ?? 1_800_000),
    leakWarningMs:
      options.leakWarningMs === Number.POSITIVE_INFINITY
        ? options.leakWarningMs
        : checkMs(where, 'pool.leakWarningMs', options.leakWarningMs ?? 30_000),
  };
}
