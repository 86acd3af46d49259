import { type BaseError, ErrorCode } from '@map/errors';
import { cancelled, closed, coded, lost } from './coded.ts';
import { DeadlineQueue, type Expiring } from './deadline.ts';
import type { ConnectionEvent, ConnectionKind } from './observer.ts';
import type { Opened } from './resource.ts';

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
  sentOver: Opened<unknown> | undefined = undefined;
  /** Runs when a connection is there. */
  onReady: ((resource: never) => void) | undefined = undefined;
  /** Where it waits for a connection, while it does. */
  waitingIn: Set<Call> | undefined = undefined;
  /** Whether this is waiting only, which is reported as such and not as an operation. */
  internal = false;
  readonly operation: string;
  readonly startedAt: number;
  readonly scope: Scope | undefined;
  readonly repeatable: boolean;
  readonly promise: Promise<never>;
  readonly #calls: Calls;
  #resolve: (value: never) => void = nothing;
  #reject: (error: unknown) => void = nothing;

  constructor(
    calls: Calls,
    operation: string,
    timeoutMs: number,
    scope: Scope | undefined,
    repeatable: boolean,
  ) {
    this.#calls = calls;
    this.operation = operation;
    this.startedAt = performance.now();
    this.deadlineAt = this.startedAt + timeoutMs;
    this.scope = scope;
    this.repeatable = repeatable;
    this.promise = new Promise<never>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Settles as the answer does. */
  follow(reply: PromiseLike<unknown>): void {
    reply.then(
      (value) => this.succeed(value),
      (error) => this.fail(error),
    );
  }

  succeed(value: unknown): void {
    if (this.settled) return;
    this.#calls.end(this, undefined);
    this.#resolve(value as never);
  }

  fail(error: unknown): void {
    if (this.settled) return;
    const { pool, kind } = this.#calls;
    const place = { pool, kind, operation: this.operation, repeatable: this.repeatable };
    let known = coded(error, place);
    if (this.sentOver !== undefined) this.#calls.onFailure(this.sentOver, error);
    // To the library it was closed, because we ended it; to the caller it was lost.
    if (this.sentOver?.failed && known.code === ErrorCode.CLIENT_CLOSED) known = lost(place, error);
    this.#calls.end(this, known);
    this.#reject(known);
  }

  expire(): void {
    this.fail(this.#calls.onExpire(this));
  }
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
    this.end(this.#owner.scopeTimeout(this.#timeoutMs ?? 0));
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
    this.#onAbort = () => this.end(cancelled(this.#owner, signal.reason));
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
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
  /** Told of every failure over a connection, which may show that the connection is no good. */
  onFailure: (opened: Opened<unknown>, error: unknown) => void = nothing;
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
   * Opens the record of one operation; it may have failed already when its scope has ended.
   *
   * @param timeoutMs - Its limit in milliseconds; infinity for none.
   */
  open(operation: string, timeoutMs: number, scope: Scope | undefined, repeatable: boolean): Call {
    const call = new Call(this, operation, timeoutMs, scope, repeatable);
    this.pending += 1;
    if (scope !== undefined) {
      if (scope.ended !== undefined || scope.left) {
        call.fail(scope.ended ?? closed(this.pool, operation));
        return call;
      }
      scope.add(call);
    }
    this.deadlines.add(call);
    return call;
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
    call.scope?.remove(call);
    if (!call.internal) this.#count(call, error);
    if (this.pending === 0) this.onIdle?.();
  }

  #count(call: Call, error: BaseError | undefined): void {
    this.counts.operations += 1;
    if (error !== undefined) this.counts.errors += 1;
    if (this.report !== undefined) {
      const durationMs = performance.now() - call.startedAt;
      const { pool, kind } = this;
      const { operation } = call;
      // Written out, because this runs for every command.
      this.report(
        error === undefined
          ? { type: 'operation', pool, kind, operation, status: 'success', durationMs }
          : {
              type: 'operation',
              pool,
              kind,
              operation,
              status: 'error',
              durationMs,
              errorType: error.code,
            },
      );
    }
  }
}

function nothing(): void {}

function isThenable<R>(value: PromiseLike<R> | R): value is PromiseLike<R> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
