import type { BaseError } from '@map/errors/core';
import type { Operation, OperationQueue } from './operation.ts';
import type { Operations } from './operations.ts';

/** Operations that wait for a connection, first come first served. */
export class WaitingLine<T> implements OperationQueue {
  readonly #operations: Operations;
  #waiting: Map<Operation, (value: T) => void> = new Map();

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether an operation that waits satisfies the predicate. */
  some(predicate: (operation: Operation) => boolean): boolean {
    for (const operation of this.#waiting.keys()) if (predicate(operation)) return true;
    return false;
  }

  /**
   * Adds an operation at the end.
   *
   * @param proceed - Called with the connection when it is its turn.
   */
  join(operation: Operation, proceed: (value: T) => void): void {
    operation.waitingIn = this;
    this.#waiting.set(operation, proceed);
  }

  /** Adds an operation in front of all others: the connection it got was unusable. */
  rejoin(operation: Operation, proceed: (value: T) => void): void {
    operation.waitingIn = this;
    this.#waiting = new Map([[operation, proceed], ...this.#waiting]);
  }

  /** Takes the first operation out, without reporting the end of its wait. */
  shift(): { operation: Operation; proceed: (value: T) => void } | undefined {
    for (const [operation, proceed] of this.#waiting) {
      this.#waiting.delete(operation);
      return { operation, proceed };
    }
    return undefined;
  }

  /** Gives every operation in line the same connection. */
  serveAll(value: T): void {
    for (const [operation, proceed] of this.#waiting) {
      this.leave(operation, undefined);
      proceed(value);
    }
  }

  /** Fails every operation in line. */
  failAll(error: BaseError): void {
    for (const operation of this.#waiting.keys()) operation.fail(error);
  }

  /** Takes an operation out of the line, because it has a connection or has failed. */
  leave(operation: Operation, error: BaseError | undefined): void {
    this.#waiting.delete(operation);
    operation.waitingIn = undefined;
    const { pool, kind, report } = this.#operations;
    report?.({
      type: 'wait',
      pool,
      kind,
      status: error === undefined ? 'success' : 'error',
      durationMs: performance.now() - operation.startedAt,
      ...(error !== undefined && { errorType: error.code }),
    });
  }
}
