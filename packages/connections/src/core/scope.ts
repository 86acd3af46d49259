import type { BaseError } from '@map/errors/core';
import type { DeadlineQueue, Expiring, Linked } from '@map/redaction/kernel';
import { cancelledError } from './errors.ts';
import type { ConnectionKind } from './observer.ts';
import type { Operation, OperationGroup } from './operation.ts';

/** Bounds of one use of a connection. */
export interface Bounds {
  /** Aborts the work, including what is still queued. */
  readonly signal?: AbortSignal | undefined;
  /** Limit for the whole, in milliseconds, from 1 to 2,147,483,647. */
  readonly timeoutMs?: number | undefined;
}

/** The registry that a scope belongs to. */
export interface ScopeOwner {
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly deadlines: DeadlineQueue;
  /** Makes the error of a scope whose limit has passed. */
  onScopeExpire(timeoutMs: number, scope: Scope): BaseError;
}

/** The operations of one caller: they share its signal and its limit, and end together. */
export class Scope implements Expiring, Linked<Scope>, OperationGroup {
  deadlineAt: number = Number.POSITIVE_INFINITY;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued = false;
  /** Why no further operation may start in this scope. */
  ended: BaseError | undefined = undefined;
  /** True once the work is done. */
  left = false;
  previous: Scope | undefined = undefined;
  next: Scope | undefined = undefined;
  // Most work has one operation in flight at a time, which needs no set.
  #operation: Operation | undefined = undefined;
  #more: Set<Operation> | undefined = undefined;
  readonly #owner: ScopeOwner;
  readonly #timeoutMs: number | undefined;
  readonly #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined = undefined;
  #reject: ((error: unknown) => void) | undefined = undefined;

  constructor(owner: ScopeOwner, { signal, timeoutMs }: Bounds) {
    this.#owner = owner;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
    if (timeoutMs !== undefined) {
      this.deadlineAt = performance.now() + timeoutMs;
      owner.deadlines.add(this);
    }
    if (signal === undefined) return;
    const onAbort = (): void => this.end(cancelledError(owner, signal.reason));
    this.#onAbort = onAbort;
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  }

  /** Whether this can end before its work does. */
  get isBounded(): boolean {
    return this.#timeoutMs !== undefined || this.#signal !== undefined;
  }

  /** Whether an operation is in flight. */
  get isBusy(): boolean {
    return this.#operation !== undefined || (this.#more?.size ?? 0) > 0;
  }

  add(operation: Operation): void {
    if (this.#operation === undefined) {
      this.#operation = operation;
      return;
    }
    this.#more ??= new Set();
    this.#more.add(operation);
  }

  remove(operation: Operation): void {
    if (this.#operation === operation) this.#operation = undefined;
    else this.#more?.delete(operation);
  }

  expire(): void {
    this.end(this.#owner.onScopeExpire(this.#timeoutMs ?? 0, this));
  }

  /** Fails every operation in flight and refuses later ones. */
  end(error: BaseError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.#operation?.fail(error);
    if (this.#more !== undefined) for (const operation of this.#more) operation.fail(error);
    this.#reject?.(error);
  }

  /**
   * Runs the work; settles as it does, or as soon as this scope ends.
   *
   * @param onLeave - Called once when that has happened.
   */
  run<R>(work: () => PromiseLike<R> | R, onLeave: (scope: Scope) => void): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const succeed = (value: R): void => {
        if (this.left) return;
        onLeave(this);
        resolve(value);
      };
      const fail = (error: unknown): void => {
        if (this.left) return;
        onLeave(this);
        reject(error);
      };
      this.#reject = fail;
      if (this.ended !== undefined) return fail(this.ended);
      try {
        const result = work();
        if (isThenable(result)) result.then(succeed, fail);
        else succeed(result);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Frees the signal and the deadline. */
  leave(): void {
    this.left = true;
    this.#owner.deadlines.remove(this);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

function isThenable<R>(value: PromiseLike<R> | R): value is PromiseLike<R> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
