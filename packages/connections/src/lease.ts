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
