import type { BaseError } from '@map/errors';
import { cancelled, coded } from './coded.ts';
import { DeadlineQueue, type Expiring } from './deadline.ts';
import type { ConnectionEvent, ConnectionKind } from './observer.ts';

/** What bounds the operations of one caller. */
export interface Bounds {
  /** Gives everything under way up, also what is still queued. */
  readonly signal?: AbortSignal | undefined;
  /** Limit for the whole, in milliseconds; a whole number from 1. */
  readonly timeoutMs?: number | undefined;
}

/** One operation: from the moment it is asked for until its promise settles. */
export class Call implements Expiring {
  deadlineAt: number;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued = false;
  settled = false;
  /** The connection it was sent over; undefined while it waits for one. */
  sentOver: unknown = undefined;
  /** Runs when a connection is there. */
  onReady: ((resource: never) => void) | undefined = undefined;
  /** Where it waits for a connection, while it does. */
  waitingIn: Set<Call> | undefined = undefined;
  readonly operation: string;
  readonly startedAt: number;
  readonly scope: Scope | undefined;
  readonly repeatable: boolean;
  readonly #calls: Calls;
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    calls: Calls,
    operation: string,
    timeoutMs: number,
    scope: Scope | undefined,
    repeatable: boolean,
    resolve: (value: never) => void,
    reject: (error: unknown) => void,
  ) {
    this.#calls = calls;
    this.operation = operation;
    this.startedAt = performance.now();
    this.deadlineAt = this.startedAt + timeoutMs;
    this.scope = scope;
    this.repeatable = repeatable;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  succeed(value: unknown): void {
    if (this.settled) return;
    this.#calls.end(this, undefined);
    this.#resolve(value as never);
  }

  fail(error: unknown): void {
    if (this.settled) return;
    const known = coded(error, {
      pool: this.#calls.pool,
      kind: this.#calls.kind,
      operation: this.operation,
      repeatable: this.repeatable,
    });
    this.#calls.end(this, known);
    this.#reject(known);
  }

  expire(): void {
    this.fail(this.#calls.onExpire(this));
  }
}

/** The operations of one caller: they share its signal and limit, and end together. */
export class Scope implements Expiring {
  deadlineAt = Number.POSITIVE_INFINITY;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued = false;
  /** Why nothing may be started in this scope any more. */
  ended: BaseError | undefined = undefined;
  readonly calls: Set<Call> = new Set();
  readonly #owner: Calls;
  readonly #timeoutMs: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(owner: Calls, bounds: Bounds) {
    this.#owner = owner;
    this.#timeoutMs = bounds.timeoutMs;
    this.#signal = bounds.signal;
    if (bounds.timeoutMs !== undefined) {
      this.deadlineAt = performance.now() + bounds.timeoutMs;
      owner.deadlines.add(this);
    }
    const { signal } = bounds;
    if (signal !== undefined) {
      this.#onAbort = () => this.end(cancelled(owner, signal.reason));
      signal.addEventListener('abort', this.#onAbort, { once: true });
      if (signal.aborted) this.#onAbort();
    }
  }

  expire(): void {
    this.end(this.#owner.scopeTimeout(this.#timeoutMs ?? 0));
  }

  /** Fails everything under way and refuses what comes later. */
  end(error: BaseError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    for (const call of this.calls) call.fail(error);
    this.#reject?.(error);
  }

  /** Settles as the work does, or as soon as this scope ends. */
  race<R>(work: PromiseLike<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#reject = reject;
      if (this.ended !== undefined) reject(this.ended);
      work.then(resolve, reject);
    });
  }

  /** Frees the signal and the deadline. */
  release(): void {
    this.#owner.deadlines.remove(this);
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** Counts of what went over a connection. */
export interface CallCounts {
  operations: number;
  errors: number;
  timeouts: number;
}

/** Watches and reports the operations of one named connection. */
export class Calls {
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly deadlines: DeadlineQueue = new DeadlineQueue();
  readonly counts: CallCounts = { operations: 0, errors: 0, timeouts: 0 };
  /** Operations that have not settled. */
  pending = 0;
  /** Told after every operation, so that a shutdown can wait for the last one. */
  onIdle: (() => void) | undefined;
  /** Makes the error of an operation that ran out of time. */
  onExpire: (call: Call) => BaseError;
  /** Makes the error of a scope that ran out of time. */
  scopeTimeout: (timeoutMs: number) => BaseError;
  readonly report: ((event: ConnectionEvent) => void) | undefined;

  constructor(
    pool: string,
    kind: ConnectionKind,
    report: ((event: ConnectionEvent) => void) | undefined,
    onExpire: (call: Call) => BaseError,
    scopeTimeout: (timeoutMs: number) => BaseError,
  ) {
    this.pool = pool;
    this.kind = kind;
    this.report = report;
    this.onExpire = onExpire;
    this.scopeTimeout = scopeTimeout;
  }

  /**
   * Starts one operation.
   *
   * @param timeoutMs - Its limit in milliseconds; infinity for none.
   * @param begin - Sends it, or queues it.
   */
  start<R>(
    operation: string,
    timeoutMs: number,
    scope: Scope | undefined,
    repeatable: boolean,
    begin: (call: Call) => void,
  ): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const call = new Call(this, operation, timeoutMs, scope, repeatable, resolve, reject);
      this.pending += 1;
      if (scope !== undefined) {
        if (scope.ended !== undefined) return call.fail(scope.ended);
        scope.calls.add(call);
      }
      this.deadlines.add(call);
      begin(call);
    });
  }

  /** Puts an operation in line for a connection. */
  wait(call: Call, line: Set<Call>, onReady: (resource: never) => void): void {
    call.onReady = onReady;
    call.waitingIn = line;
    line.add(call);
  }

  /** Takes an operation out of the line, because it has a connection or has ended. */
  waited(call: Call, error: BaseError | undefined): void {
    call.waitingIn?.delete(call);
    call.waitingIn = undefined;
    this.report?.({
      type: 'wait',
      pool: this.pool,
      kind: this.kind,
      status: error === undefined ? 'success' : 'error',
      durationMs: performance.now() - call.startedAt,
      ...(error !== undefined && { errorType: error.code }),
    });
  }

  end(call: Call, error: BaseError | undefined): void {
    call.settled = true;
    if (call.waitingIn !== undefined) this.waited(call, error);
    this.pending -= 1;
    this.deadlines.remove(call);
    call.scope?.calls.delete(call);
    this.counts.operations += 1;
    if (error !== undefined) this.counts.errors += 1;
    if (this.report !== undefined) {
      this.report({
        type: 'operation',
        pool: this.pool,
        kind: this.kind,
        operation: call.operation,
        status: error === undefined ? 'success' : 'error',
        durationMs: performance.now() - call.startedAt,
        ...(error !== undefined && { errorType: error.code }),
      });
    }
    if (this.pending === 0) this.onIdle?.();
  }
}
