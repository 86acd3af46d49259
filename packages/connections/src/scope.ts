import type { BaseError } from '@map/errors/core';
import type { Call, Calls } from './call.ts';
import { cancelled } from './coded.ts';
import type { Expiring } from './deadline.ts';

/** What bounds the operations of one caller. */
export interface Bounds {
  /** Gives everything under way up, also what is still queued. */
  readonly signal?: AbortSignal | undefined;
  /** Limit for the whole, in milliseconds; a whole number from 1. */
  readonly timeoutMs?: number | undefined;
}

/** The operations of one caller: they share its signal and limit, and end together. */
export class Scope implements Expiring {
  deadlineAt: number = Number.POSITIVE_INFINITY;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued = false;
  /** Why nothing may be started in this scope any more. */
  ended: BaseError | undefined = undefined;
  /** Set when the work is over. */
  left = false;
  /** Neighbours among the scopes of a connection; the connection owns these. */
  previous: Scope | undefined = undefined;
  next: Scope | undefined = undefined;
  // Most work has one operation under way at a time, which needs no set.
  #call: Call | undefined = undefined;
  #more: Set<Call> | undefined = undefined;
  readonly #owner: Calls;
  readonly #timeoutMs: number | undefined;
  readonly #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined = undefined;
  #reject: ((error: unknown) => void) | undefined = undefined;

  constructor(owner: Calls, bounds: Bounds) {
    this.#owner = owner;
    this.#timeoutMs = bounds.timeoutMs;
    this.#signal = bounds.signal;
    if (bounds.timeoutMs !== undefined) {
      this.deadlineAt = performance.now() + bounds.timeoutMs;
      owner.deadlines.add(this);
    }
    if (bounds.signal !== undefined) this.#listen(bounds.signal);
  }

  /** Whether this can end before its work does. */
  get isBounded(): boolean {
    return this.#timeoutMs !== undefined || this.#signal !== undefined;
  }

  /** Whether an operation is under way. */
  get isBusy(): boolean {
    return this.#call !== undefined || (this.#more?.size ?? 0) > 0;
  }

  add(call: Call): void {
    if (this.#call === undefined) {
      this.#call = call;
      return;
    }
    this.#more ??= new Set();
    this.#more.add(call);
  }

  remove(call: Call): void {
    if (this.#call === call) this.#call = undefined;
    else this.#more?.delete(call);
  }

  expire(): void {
    this.end(this.#owner.scopeTimeout(this.#timeoutMs ?? 0, this));
  }

  /** Fails everything under way and refuses what comes later. */
  end(error: BaseError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.#call?.fail(error);
    if (this.#more !== undefined) for (const call of this.#more) call.fail(error);
    this.#reject?.(error);
  }

  /**
   * Does the work; settles as it does, or as soon as this scope ends.
   *
   * @param over - Called once when that has happened.
   */
  do<R>(work: () => PromiseLike<R> | R, over: (scope: Scope) => void): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const succeed = (value: R): void => {
        if (this.left) return;
        over(this);
        resolve(value);
      };
      const fail = (error: unknown): void => {
        if (this.left) return;
        over(this);
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

  #listen(signal: AbortSignal): void {
    // By its name: V8 makes a function that is assigned at once in old space, with all it holds.
    const onAbort = (): void => this.end(cancelled(this.#owner, signal.reason));
    this.#onAbort = onAbort;
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  }
}

function isThenable<R>(value: PromiseLike<R> | R): value is PromiseLike<R> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
