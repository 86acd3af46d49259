import { type BaseError, ErrorCode } from '@map/errors/core';
import { DeadlineQueue } from '@map/redaction/kernel';
import { BatchClock } from './batch-clock.ts';
import type { Opened } from './driver.ts';
import { closedError } from './errors.ts';
import type { CloseReason, ConnectionKind, Report } from './observer.ts';
import { Operation, type OperationOwner } from './operation.ts';
import type { Scope, ScopeOwner } from './scope.ts';

/** Totals of what went over a connection. */
export interface OperationCounts {
  operations: number;
  errors: number;
  timeouts: number;
}

/** Makes the errors of operations, and reports failures. */
export interface OperationEvents {
  /** Makes the error of an operation whose deadline has passed. */
  onExpire(operation: Operation): BaseError;
  /** Makes the error of a scope whose limit has passed. */
  onScopeExpire(timeoutMs: number, scope: Scope): BaseError;
  /** Notified of every failure over a connection. */
  onFailure(opened: Opened<unknown>, error: unknown): void;
}

/** The caller aborted, or left a stream before its end: no error of the connection. */
const CANCELLATIONS: ReadonlySet<string> = new Set([
  ErrorCode.OPERATION_CANCELLED,
  ErrorCode.TASK_CANCELLED,
  ErrorCode.TASK_INTERRUPTED,
]);

/** Watches and reports the operations of one named connection. */
export class Operations implements OperationOwner, ScopeOwner {
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly report: Report;
  readonly clock: BatchClock = new BatchClock();
  readonly deadlines: DeadlineQueue = new DeadlineQueue();
  readonly counts: OperationCounts = { operations: 0, errors: 0, timeouts: 0 };
  /** Operations that have not settled. */
  pending = 0;
  /** Called after every operation, so that a shutdown can wait for the last one. */
  onIdle: (() => void) | undefined;
  readonly #events: OperationEvents;

  constructor(pool: string, kind: ConnectionKind, report: Report, events: OperationEvents) {
    this.pool = pool;
    this.kind = kind;
    this.report = report;
    this.#events = events;
  }

  /**
   * Starts an operation; it has failed already if its scope has ended.
   *
   * @param timeoutMs - Its limit in milliseconds; `Infinity` for none.
   */
  open(name: string, timeoutMs: number, scope: Scope | undefined, repeatable: boolean): Operation {
    const operation = new Operation(this, name, timeoutMs, scope, repeatable);
    this.pending += 1;
    if (scope !== undefined) {
      if (scope.ended !== undefined || scope.left) {
        operation.fail(scope.ended ?? closedError(this.pool, name));
        return operation;
      }
      scope.add(operation);
    }
    this.deadlines.add(operation);
    return operation;
  }

  onFailure(opened: Opened<unknown>, error: unknown): void {
    this.#events.onFailure(opened, error);
  }

  onExpire(operation: Operation): BaseError {
    return this.#events.onExpire(operation);
  }

  onScopeExpire(timeoutMs: number, scope: Scope): BaseError {
    return this.#events.onScopeExpire(timeoutMs, scope);
  }

  end(operation: Operation, error: BaseError | undefined): void {
    operation.waitingAt?.leave(error);
    this.pending -= 1;
    this.deadlines.remove(operation);
    operation.group?.remove(operation);
    if (!operation.internal) this.#count(operation, error);
    if (this.pending === 0) this.onIdle?.();
  }

  /** Fails every operation in flight, and every scope with a limit. */
  abandon(error: BaseError): void {
    this.deadlines.endAll((entry) => {
      if (entry instanceof Operation) entry.fail(error);
    });
    this.deadlines.stop();
  }

  /** Reports that a connection was closed. */
  reportClose(reason: CloseReason): void {
    this.report?.({ type: 'close', pool: this.pool, kind: this.kind, reason });
  }

  #count({ name, startedAt }: Operation, error: BaseError | undefined): void {
    this.counts.operations += 1;
    const failed = error !== undefined && !CANCELLATIONS.has(error.code);
    if (failed) this.counts.errors += 1;
    if (this.report === undefined) return;
    const { pool, kind } = this;
    const durationMs = this.clock.ofBatch() - startedAt;
    const type = 'operation';
    // Literals: this runs for every command, and spreading costs more than all the rest.
    if (failed) {
      const errorType = error.code;
      this.report({ type, pool, kind, operation: name, status: 'error', durationMs, errorType });
    } else {
      const status = error === undefined ? 'success' : 'cancelled';
      this.report({ type, pool, kind, operation: name, status, durationMs });
    }
  }
}
