import { checkInteger, checkMs, checkOptions } from '../core/check-options.ts';
import type { OpenerSettings } from '../core/opener.ts';

/** Sizes and limits of a pool; all times in milliseconds. */
export interface PoolOptions {
  /** Most connections; 10 by default. */
  readonly max?: number;
  /** Most callers that may wait; 1,000 by default. */
  readonly maxWaiting?: number;
  /** Limit for waiting; 5,000 by default. */
  readonly acquireTimeoutMs?: number;
  /** A connection that is unused for this long is closed; 60,000 by default. */
  readonly idleTimeoutMs?: number;
  /** A connection this old is closed when it is returned; 1,800,000 by default. */
  readonly maxLifetimeMs?: number;
  /** A lease held for this long is reported; 30,000 by default, `Infinity` for never. */
  readonly leakWarningMs?: number;
}

/** Pool options with their defaults filled in. */
export type PoolLimits = Required<PoolOptions>;

/** Everything a pool needs to know; all times in milliseconds. */
export interface PoolSettings extends OpenerSettings, PoolLimits {
  readonly operationTimeoutMs: number;
}

const known: ReadonlySet<string> = new Set([
  ...['max', 'maxWaiting', 'acquireTimeoutMs', 'idleTimeoutMs', 'maxLifetimeMs', 'leakWarningMs'],
]);

const remedies = { size: 'max', maxSize: 'max', poolSize: 'max', timeout: 'acquireTimeoutMs' };

/**
 * Checks the options of a pool and fills in the defaults.
 *
 * @param where - The connection, for messages.
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 */
export function poolLimits(where: string, options: PoolOptions = {}): PoolLimits {
  checkOptions(`the pool of ${where}`, options, known, remedies);
  const { leakWarningMs = 30_000 } = options;
  return {
    max: checkInteger(where, 'pool.max', options.max ?? 10, 1),
    maxWaiting: checkInteger(where, 'pool.maxWaiting', options.maxWaiting ?? 1_000, 0),
    acquireTimeoutMs: checkMs(where, 'pool.acquireTimeoutMs', options.acquireTimeoutMs ?? 5_000),
    idleTimeoutMs: checkMs(where, 'pool.idleTimeoutMs', options.idleTimeoutMs ?? 60_000),
    maxLifetimeMs: checkMs(where, 'pool.maxLifetimeMs', options.maxLifetimeMs ?? 1_800_000),
    leakWarningMs:
      leakWarningMs === Number.POSITIVE_INFINITY
        ? leakWarningMs
        : checkMs(where, 'pool.leakWarningMs', leakWarningMs),
  };
}
