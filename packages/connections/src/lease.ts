import type { Loan } from './loan.ts';
import type { Pool } from './pool.ts';

/** An exclusive connection, given back by `release()` or at the end of an `await using` block. */
export interface Lease<T> {
  /** The connection; of no use after the lease has ended. */
  readonly connection: T;
  /** Gives the connection back; a second call does nothing. */
  release(): Promise<void>;
  /** Throws the connection away instead of giving it back. */
  discard(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes the lease of a loan. */
export function leaseOf<R, T>(pool: Pool<R>, loan: Loan<R>, connection: T): Lease<T> {
  return {
    connection,
    release: () => pool.giveBack(loan),
    discard: () => pool.discard(loan),
    [Symbol.asyncDispose]: () => pool.giveBack(loan),
  };
}
