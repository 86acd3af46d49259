import { type BaseError, ErrorCode } from '@map/errors/core';
import { BatchClock } from './batch-clock.ts';
import { closed, coded, lost } from './coded.ts';
import { DeadlineQueue, type Expiring } from './deadline.ts';
import type { ConnectionEvent, ConnectionKind } from './observer.ts';
import type { Opened } from './resource.ts';
import type { Scope } from './scope.ts';

/** One operation: from the moment it is asked for until it settles. */
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
  /** Runs once when it has settled: less than a promise costs. */
  onSettled: ((error: BaseError | undefined) => void) | undefined = undefined;
  /** Where it waits for a connection, while it does. */
  waitingIn: Set<Call> | undefined = undefined;
  /** Whether this is waiting only, which is reported as such and not as an operation. */
  internal = false;
  /** Why it failed. */
  error: BaseError | undefined = undefined;
  readonly operation: string;
  readonly startedAt: number;
  readonly scope: Scope | undefined;
  readonly repeatable: boolean;
  readonly #calls: Calls;
  #value: unknown = undefined;
  #promise: Promise<never> | undefined = undefined;
  #resolve: ((value: never) => void) | undefined = undefined;
  #reject: ((error: unknown) => void) | undefined = undefined;

  constructor(
    calls: Calls,
    operation: string,
    timeoutMs: number,
    scope: Scope | undefined,
    repeatable: boolean,
  ) {
    this.#calls = calls;
    this.operation = operation;
    this.startedAt = calls.clock.now();
    this.deadlineAt = this.startedAt + timeoutMs;
    this.scope = scope;
    this.repeatable = repeatable;
  }

  /** What comes of it. */
  get promise(): Promise<never> {
    this.#promise ??= new Promise<never>((resolve, reject) => {
      if (!this.settled) {
        this.#resolve = resolve;
        this.#reject = reject;
      } else if (this.error !== undefined) reject(this.error);
      else resolve(this.#value as never);
    });
    return this.#promise;
  }

  /** Settles as the answer does, or earlier. */
  follow(reply: PromiseLike<unknown>): void {
    reply.then(
      (value) => this.succeed(value),
      (error) => this.fail(error),
    );
  }

  /**
   * Settles as the answer does, and never earlier: one promise less than `follow`, for an answer
   * that is sure to come when its connection is destroyed.
   */
  pass<R>(reply: PromiseLike<R>): Promise<R> {
    return reply.then(
      (value) => {
        if (this.error !== undefined) throw this.error;
        this.#calls.end(this, undefined);
        return value;
      },
      (error) => {
        this.fail(error);
        throw this.error;
      },
    ) as Promise<R>;
  }

  succeed(value: unknown): void {
    if (this.settled) return;
    this.#value = value;
    this.#calls.end(this, undefined);
    this.#resolve?.(value as never);
    this.onSettled?.(undefined);
  }

  fail(error: unknown): void {
    if (this.settled) return;
    const { pool, kind } = this.#calls;
    const place = { pool, kind, operation: this.operation, repeatable: this.repeatable };
    let known = coded(error, place);
    if (this.sentOver !== undefined) this.#calls.onFailure(this.sentOver, error);
    // To the library it was closed, because we ended it; to the caller it was lost.
    if (this.sentOver?.failed && known.code === ErrorCode.CLIENT_CLOSED) known = lost(place, error);
    this.error = known;
    this.#calls.end(this, known);
    this.#reject?.(known);
    this.onSettled?.(known);
  }

  expire(): void {
    const error = this.#calls.onExpire(this);
    this.fail(error);
  }
}

/** Sends an operation over a connection. */
export function send<T>(
  call: Call,
  opened: Opened<T>,
  invoke: (resource: T) => PromiseLike<unknown>,
): void {
  call.sentOver = opened;
  try {
    call.follow(invoke(opened.resource));
  } catch (error) {
    call.fail(error);
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
  readonly clock: BatchClock = new BatchClock();
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
  scopeTimeout: (timeoutMs: number, scope: Scope) => BaseError;
  readonly report: ((event: ConnectionEvent) => void) | undefined;

  constructor(
    pool: string,
    kind: ConnectionKind,
    report: ((event: ConnectionEvent) => void) | undefined,
    onExpire: (call: Call) => BaseError,
    scopeTimeout: (timeoutMs: number, scope: Scope) => BaseError,
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

  /** Gives everything up that has not settled: nobody would end it later. */
  abandon(error: BaseError): void {
    this.deadlines.endAll((entry) => {
      if (entry instanceof Call) entry.fail(error);
    });
    this.deadlines.stop();
  }

  /** Reports an attempt to open a connection. */
  reportOpen(startedAt: number, error: BaseError | undefined): void {
    this.report?.({
      type: 'open',
      pool: this.pool,
      kind: this.kind,
      status: error === undefined ? 'success' : 'error',
      durationMs: performance.now() - startedAt,
      ...(error !== undefined && { errorType: error.code }),
    });
  }

  #count(call: Call, error: BaseError | undefined): void {
    this.counts.operations += 1;
    if (error !== undefined) this.counts.errors += 1;
    if (this.report !== undefined) {
      const durationMs = this.clock.ofBatch() - call.startedAt;
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
