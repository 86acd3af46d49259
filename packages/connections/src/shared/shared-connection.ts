// One connection that many callers use at once.
//
// States: idle (never opened) → opening ⇄ open → closing → closed.
//
// - The first operation starts the opener; every operation until then waits in one line, up to
//   `maxWaiting`. When the connection opens, the whole line is sent.
// - When the connection is lost, gives no reply in time, or leads to the wrong server, it is
//   replaced: the old one is destroyed (its operations in flight fail) and the opener starts again,
//   also without a waiting caller, so that the next one finds it open. A connection that never
//   opened is only tried while a caller waits.
// - Callers work in scopes. A scope is accepted work: a shutdown waits for it, and during the
//   shutdown only scopes that were accepted before may start operations.
// - `retireGently` is for cluster clients, which hold connections to many servers: one late reply
//   says nothing about the other servers, so what is in flight there may complete.

import type { BaseError } from '@map/errors/core';
import { noteWait } from '@map/errors/kernel';
import { LinkedList } from '@map/redaction/kernel';
import type { CloseCounts, ConnectionStats } from '../core/connection.ts';
import { drained } from '../core/drain.ts';
import {
  closeResource,
  destroyResource,
  type Opened,
  type ResourceDriver,
} from '../core/driver.ts';
import {
  cancelledError,
  closedError,
  codedError,
  noReplyError,
  type Place,
} from '../core/errors.ts';
import type { CloseReason, Report } from '../core/observer.ts';
import { Opener } from '../core/opener.ts';
import type { Operation } from '../core/operation.ts';
import { Operations } from '../core/operations.ts';
import { type Bounds, Scope } from '../core/scope.ts';
import { WaitingLine } from '../core/waiting-line.ts';
import type { SharedSettings } from './settings.ts';

/** How long a connection to the wrong server is kept before the right one is looked for. */
const misplacedPatienceMs = 250;

/** One connection that many callers use at once; see the head of this file. */
export class SharedConnection<T> {
  readonly #driver: ResourceDriver<T>;
  readonly #settings: SharedSettings;
  readonly #place: Place;
  readonly #operations: Operations;
  readonly #opener: Opener<T>;
  readonly #line: WaitingLine<Opened<T>>;
  readonly #scopes: LinkedList<Scope> = new LinkedList();
  readonly #leave: (scope: Scope) => void = (scope) => {
    scope.leave();
    this.#scopes.remove(scope);
    this.#operations.onIdle?.();
  };
  readonly #onOpen: (() => void) | undefined;
  #opened: Opened<T> | undefined;
  #openedAt = 0;
  #closes = 0;
  #closing: Promise<CloseCounts> | undefined;
  #closed = false;

  /**
   * @param onOpen - Called whenever the connection has opened.
   */
  constructor(
    driver: ResourceDriver<T>,
    settings: SharedSettings,
    report: Report,
    onOpen?: () => void,
  ) {
    const { kind, name, origin } = settings;
    this.#driver = driver;
    this.#settings = settings;
    this.#place = { pool: name, kind, origin };
    this.#onOpen = onOpen;
    this.#operations = new Operations(name, kind, report, {
      onExpire: (operation) => this.#timeoutError(operation),
      onScopeExpire: (timeoutMs) => this.#scopeTimeoutError(timeoutMs),
      onFailure: (opened, error) => {
        if (driver.misplaced?.(error)) this.#moveOn(opened as Opened<T>);
      },
    });
    this.#line = new WaitingLine(this.#operations);
    this.#opener = new Opener(driver, settings, report, {
      wanted: () => (this.#opened === undefined && this.#isNeeded() ? 1 : 0),
      isAwaited: () => this.#line.size > 0,
      admit: (opened) => this.#admit(opened),
      refuse: (error) => this.#line.failAll(error),
    });
  }

  get state(): ConnectionStats['state'] {
    if (this.#closed) return 'closed';
    if (this.#closing !== undefined) return 'closing';
    if (this.#opened !== undefined) return 'open';
    return this.#opener.isOpening ? 'opening' : 'idle';
  }

  stats(): ConnectionStats {
    return {
      kind: this.#settings.kind,
      state: this.state,
      open: this.#opened === undefined ? 0 : 1,
      inUse: 0,
      waiting: this.#line.size,
      pending: this.#operations.pending,
      opened: this.#opener.opened,
      closed: this.#closes,
      ...this.#operations.counts,
      leaks: 0,
    };
  }

  /** Runs work in its own scope; a shutdown waits for it. */
  use<R>(bounds: Bounds, work: (scope: Scope) => PromiseLike<R> | R): Promise<R> {
    const scope = this.#enter(bounds);
    return scope.run(() => work(scope), this.#leave);
  }

  /**
   * Runs one operation over the connection, as soon as it is open.
   *
   * @param name - Name for reports and errors.
   * @param invoke - Sends it.
   * @param timeoutMs - Limit for waiting and the reply, in milliseconds.
   * @param signal - Aborts it while it waits for the connection.
   */
  run<R>(
    name: string,
    scope: Scope | undefined,
    repeatable: boolean,
    invoke: (resource: T) => PromiseLike<R>,
    timeoutMs: number = this.#settings.operationTimeoutMs,
    signal?: AbortSignal,
  ): Promise<R> {
    const operation = this.begin(name, timeoutMs, scope, repeatable);
    const opened = this.#opened;
    if (operation.settled) return operation.promise;
    if (opened === undefined) {
      this.#wait(operation, (found) => operation.send(found, invoke));
      if (signal !== undefined) this.#leaveLineOn(signal, operation);
    } else if (this.#settings.retireGently || scope?.isBounded) {
      operation.send(opened, invoke);
    } else {
      operation.sentOver = opened;
      try {
        return operation.pass(invoke(opened.resource));
      } catch (error) {
        operation.fail(error);
      }
    }
    return operation.promise;
  }

  /** Starts an operation; it has failed already if the connection is closed. */
  begin(name: string, timeoutMs: number, scope: Scope | undefined, repeatable: boolean): Operation {
    const operation = this.#operations.open(name, timeoutMs, scope, repeatable);
    if (this.#closing !== undefined && (scope === undefined || this.#closed)) {
      operation.fail(closedError(this.#settings.name, name));
    }
    return operation;
  }

  /**
   * Waits until the connection is open.
   *
   * @param scope - The work that needs it; without one, the waiting has its own scope.
   */
  async ready(bounds: Bounds, scope?: Scope): Promise<T> {
    const own = scope ?? this.#enter(bounds);
    try {
      const operation = this.begin('connect', this.#settings.operationTimeoutMs, own, true);
      operation.internal = true;
      if (operation.settled) return await operation.promise;
      if (this.#opened !== undefined) operation.succeed(this.#opened.resource);
      else this.#wait(operation, ({ resource }) => operation.succeed(resource));
      return await operation.promise;
    } finally {
      if (scope === undefined) this.#leave(own);
    }
  }

  /** Ends a pause between two attempts to open, because the server is known to be back. */
  hurry(): void {
    this.#opener.hurry();
  }

  /**
   * Refuses new work, waits for accepted work, then closes.
   *
   * @param timeoutMs - Limit for the whole, in milliseconds.
   */
  close(timeoutMs: number): Promise<CloseCounts> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<CloseCounts> {
    const until = performance.now() + timeoutMs;
    const inFlight = this.#operations.pending + this.#scopes.size;
    await drained(this.#operations, () => this.#scopes.size === 0, timeoutMs);
    const abandoned = this.#operations.pending + this.#scopes.size;
    this.#closed = true;
    const error = closedError(this.#settings.name);
    for (const scope of this.#scopes) scope.end(error);
    this.#operations.abandon(error);
    const openerClosed = this.#opener.close(error);
    const opened = this.#opened;
    if (opened !== undefined) {
      this.#drop(opened, 'closed');
      // Work that did not end in time would hold up a graceful close.
      const patienceMs = abandoned > 0 ? 0 : Math.max(50, until - performance.now());
      await closeResource(this.#driver, opened.resource, patienceMs);
    }
    await openerClosed;
    return { completed: inFlight - abandoned, abandoned };
  }

  #enter(bounds: Bounds): Scope {
    if (this.#closing !== undefined) throw closedError(this.#settings.name);
    const scope = new Scope(this.#operations, bounds);
    this.#scopes.add(scope);
    return scope;
  }

  /** Whether the connection should be open: a caller waits for it, or it was open before. */
  #isNeeded(): boolean {
    return !this.#closed && (this.#line.size > 0 || this.#opener.opened > 0);
  }

  #wait(operation: Operation, proceed: (opened: Opened<T>) => void): void {
    const { refusal } = this.#opener;
    if (refusal !== undefined) {
      operation.fail(refusal);
    } else if (this.#line.size >= this.#settings.maxWaiting) {
      const why = `${this.#line.size} operations are already waiting for it`;
      operation.fail(this.#opener.unavailableError(why));
    } else {
      this.#line.join(operation, proceed);
      noteWait(() => operation.waitingAt && this.#opener.unavailableError('it is not open yet'));
      this.#opener.update();
    }
  }

  #admit(opened: Opened<T>): void {
    this.#opened = opened;
    this.#openedAt = performance.now();
    opened.onLost = (thrown) => {
      if (this.#opened !== opened) return;
      if (thrown !== undefined) this.#reportError(thrown);
      this.#opener.noteLife(performance.now() - this.#openedAt);
      this.#replace(opened, 'lost');
    };
    this.#line.serveAll(opened);
    this.#onOpen?.();
  }

  /** Drops a broken connection and opens another one. */
  #replace(opened: Opened<T>, reason: CloseReason): void {
    if (this.#opened !== opened) return;
    const { resource } = opened;
    opened.failed = true;
    this.#drop(opened, reason);
    if (reason === 'misplaced' || (this.#settings.retireGently && reason !== 'lost')) {
      void closeResource(this.#driver, resource, this.#settings.operationTimeoutMs);
    } else {
      destroyResource(this.#driver, resource);
    }
    this.#opener.update();
  }

  /** Looks for the right server, but not in a loop while it is missing. */
  #moveOn(opened: Opened<T>): void {
    if (performance.now() - this.#openedAt < misplacedPatienceMs) return;
    this.#replace(opened, 'misplaced');
  }

  #drop(opened: Opened<T>, reason: CloseReason): void {
    this.#opened = undefined;
    opened.dead = true;
    opened.onLost = undefined;
    this.#closes += 1;
    this.#operations.reportClose(reason);
  }

  #timeoutError({ deadlineAt, name, repeatable, sentOver, startedAt }: Operation): BaseError {
    this.#operations.counts.timeouts += 1;
    const timeoutMs = Math.round(deadlineAt - startedAt);
    if (sentOver === undefined) {
      return this.#opener.unavailableError(`it did not open within ${timeoutMs} ms`, {
        operation: name,
      });
    }
    if (sentOver === this.#opened) this.#replace(this.#opened, 'timeout');
    // It was replaced before, and allowed to complete what was in flight; that is late now.
    else destroyResource(this.#driver, (sentOver as Opened<T>).resource);
    return noReplyError({ ...this.#place, operation: name, repeatable }, timeoutMs);
  }

  #scopeTimeoutError(timeoutMs: number): BaseError {
    if (this.#opened === undefined && this.#opener.lastError !== undefined) {
      return this.#opener.unavailableError(`it did not open within ${timeoutMs} ms`);
    }
    return noReplyError({ ...this.#place, operation: 'Work' }, timeoutMs);
  }

  #reportError(thrown: unknown): void {
    const error = codedError(thrown, this.#place);
    this.#opener.note(error);
    const { kind, name } = this.#settings;
    this.#operations.report?.({ type: 'error', pool: name, kind, errorType: error.code, error });
  }

  /** Takes an operation out of the line when the signal aborts; one that was sent continues. */
  #leaveLineOn(signal: AbortSignal, operation: Operation): void {
    const onAbort = (): void => {
      if (operation.sentOver !== undefined) return;
      // It was not sent.
      const place = { ...this.#place, operation: operation.name, repeatable: true };
      operation.fail(cancelledError(place, signal.reason));
    };
    const forget = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    operation.promise.then(forget, forget);
  }
}
