import type { HeldLease } from './leases.ts';
import type { Pool } from './pool.ts';

/** An exclusive connection, returned by `release()` or at the end of an `await using` block. */
export interface Lease<T> {
  /** The connection; unusable after the lease has ended. */
  readonly connection: T;
  /** Returns the connection; a second call does nothing. */
  release(): Promise<void>;
  /** Throws the connection away instead of returning it. */
  discard(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes the lease that a caller receives.
 *
 * @param connection - The connection as the caller sees it.
 */
export function leaseOf<R, T>(pool: Pool<R>, held: HeldLease<R>, connection: T): Lease<T> {
  return {
    connection,
    release: () => pool.release(held),
    discard: () => pool.discard(held),
    [Symbol.asyncDispose]: () => pool.release(held),
  };
}
