import type { BaseError } from '@map/errors/core';
import { type Linked, LinkedList } from '@map/redaction/kernel';
import type { Operation, OperationPlace } from './operation.ts';
import type { Operations } from './operations.ts';

/** An operation in line. */
class Waiter<T> implements OperationPlace, Linked<Waiter<T>> {
  previous: Waiter<T> | undefined = undefined;
  next: Waiter<T> | undefined = undefined;
  readonly operation: Operation;
  readonly proceed: (value: T) => void;
  readonly #line: WaitingLine<T>;

  constructor(line: WaitingLine<T>, operation: Operation, proceed: (value: T) => void) {
    this.#line = line;
    this.operation = operation;
    this.proceed = proceed;
  }

  /** Takes the operation out of the line, because it has a connection or has failed. */
  leave(error: BaseError | undefined): void {
    this.#line.end(this, error);
  }
}

/** Operations that wait for a connection, first come first served. */
export class WaitingLine<T> {
  readonly #operations: Operations;
  readonly #waiting: LinkedList<Waiter<T>> = new LinkedList();

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether an operation that waits satisfies the predicate. */
  some(predicate: (operation: Operation) => boolean): boolean {
    for (const { operation } of this.#waiting) if (predicate(operation)) return true;
    return false;
  }

  /**
   * Adds an operation at the end.
   *
   * @param proceed - Called with the connection when it is its turn.
   */
  join(operation: Operation, proceed: (value: T) => void): void {
    this.#waiting.add(this.#waiter(operation, proceed));
  }

  /** Adds an operation in front of all others: the connection it got was unusable. */
  rejoin(operation: Operation, proceed: (value: T) => void): void {
    this.#waiting.addFirst(this.#waiter(operation, proceed));
  }

  /** Takes the first operation out, without reporting the end of its wait. */
  shift(): { operation: Operation; proceed: (value: T) => void } | undefined {
    const { first } = this.#waiting;
    if (first !== undefined) this.#waiting.remove(first);
    return first;
  }

  /** Gives every operation in line the same connection. */
  serveAll(value: T): void {
    for (const waiter of this.#waiting) {
      waiter.leave(undefined);
      waiter.proceed(value);
    }
  }

  /** Fails every operation in line. */
  failAll(error: BaseError): void {
    for (const { operation } of this.#waiting) operation.fail(error);
  }

  /** Reports the end of a wait. @internal */
  end(waiter: Waiter<T>, error: BaseError | undefined): void {
    const { operation } = waiter;
    this.#waiting.remove(waiter);
    operation.waitingAt = undefined;
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

  #waiter(operation: Operation, proceed: (value: T) => void): Waiter<T> {
    const waiter = new Waiter(this, operation, proceed);
    operation.waitingAt = waiter;
    return waiter;
  }
}
