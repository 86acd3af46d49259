import { type BaseError, ConnectionError, ErrorCode } from '@map/errors/core';
import { type Call, Calls, send } from './call.ts';
import { cancelled, closed, coded, noReply } from './coded.ts';
import { drained } from './drain.ts';
import { fullJitter } from './jitter.ts';
import type { CloseCounts, ConnectionStats } from './managed.ts';
import type { CloseReason, ConnectionEvent } from './observer.ts';
import {
  closeResource,
  destroyResource,
  type Opened,
  openResource,
  type ResourceDriver,
} from './resource.ts';
import { type Bounds, Scope } from './scope.ts';
import type { SharedSettings } from './shared-settings.ts';

/** How long a connection to the wrong server is kept before the right one is looked for. */
const patienceMs = 250;

/** How long a failure that retrying cannot cure is answered without asking the server again. */
const refusalMs = 250;

/**
 * One connection that many callers use at once: opened on first use, by one attempt however many
 * ask, opened again when it is lost, replaced when it does not answer.
 */
export class SharedConnection<T> {
  readonly calls: Calls;
  readonly #driver: ResourceDriver<T>;
  readonly #settings: SharedSettings;
  /** Work under way, as a list: this changes with every use. */
  #scopes: Scope | undefined;
  #scopeCount = 0;
  readonly #ending: AbortController = new AbortController();
  readonly #waiting: Set<Call> = new Set();
  #opened: Opened<T> | undefined;
  #opening: Promise<void> | undefined;
  #refusal: { error: BaseError; until: number } | undefined;
  #lastError: BaseError | undefined;
  #everOpened = false;
  #openedAt = 0;
  #closing: Promise<CloseCounts> | undefined;
  #closed = false;
  readonly #onLeave: (scope: Scope) => void = (scope) => this.leave(scope);
  #opens = 0;
  #closes = 0;

  constructor(
    driver: ResourceDriver<T>,
    settings: SharedSettings,
    report: ((event: ConnectionEvent) => void) | undefined,
  ) {
    this.#driver = driver;
    this.#settings = settings;
    this.calls = new Calls(
      settings.name,
      settings.kind,
      report,
      (call) => this.#timedOut(call),
      (timeoutMs) =>
        this.#opened === undefined && this.#lastError !== undefined
          ? this.#unavailable(`it did not open within ${timeoutMs} ms`)
          : noReply({ ...settings, pool: settings.name, operation: 'Work' }, timeoutMs),
    );
    this.calls.onFailure = (opened, error) => {
      if (driver.misplaced?.(error)) this.#moveOn(opened as Opened<T>);
    };
  }

  get state(): 'idle' | 'opening' | 'open' | 'closing' | 'closed' {
    if (this.#closed) return 'closed';
    if (this.#closing !== undefined) return 'closing';
    if (this.#opened !== undefined) return 'open';
    return this.#opening === undefined ? 'idle' : 'opening';
  }

  stats(): ConnectionStats {
    return {
      kind: this.#settings.kind,
      state: this.state,
      open: this.#opened === undefined ? 0 : 1,
      inUse: 0,
      waiting: this.#waiting.size,
      pending: this.calls.pending,
      opened: this.#opens,
      closed: this.#closes,
      ...this.calls.counts,
      leaks: 0,
    };
  }

  /** Opens a scope: accepted work, which a shutdown waits for. */
  enter(bounds: Bounds): Scope {
    if (this.#closing !== undefined) throw closed(this.#settings.name);
    const scope = new Scope(this.calls, bounds);
    scope.next = this.#scopes;
    if (this.#scopes !== undefined) this.#scopes.previous = scope;
    this.#scopes = scope;
    this.#scopeCount += 1;
    return scope;
  }

  leave(scope: Scope): void {
    scope.leave();
    if (scope.previous === undefined) this.#scopes = scope.next;
    else scope.previous.next = scope.next;
    if (scope.next !== undefined) scope.next.previous = scope.previous;
    this.#scopeCount -= 1;
    this.calls.onIdle?.();
  }

  /** Does work in a scope of its own; a shutdown waits for it. */
  use<R>(bounds: Bounds, work: (scope: Scope) => PromiseLike<R> | R): Promise<R> {
    const scope = this.enter(bounds);
    return scope.do(() => work(scope), this.#onLeave);
  }

  /**
   * Runs one operation over the connection, as soon as it is open.
   *
   * @param operation - Name for reports and errors.
   * @param invoke - Sends it.
   * @param timeoutMs - Limit over waiting and the answer.
   * @param signal - Gives it up while it waits for the connection.
   */
  run<R>(
    operation: string,
    scope: Scope | undefined,
    repeatable: boolean,
    invoke: (resource: T) => PromiseLike<R>,
    timeoutMs: number = this.#settings.operationTimeoutMs,
    signal?: AbortSignal,
  ): Promise<R> {
    const call = this.begin(operation, timeoutMs, scope, repeatable);
    const opened = this.#opened;
    if (call.settled) return call.promise;
    if (opened === undefined) {
      this.#await(call, (found) => send(call, found, invoke));
      if (signal !== undefined) leaveLineWith(signal, call, this.#settings);
    } else if (this.#settings.retireGently || scope?.isBounded) {
      send(call, opened, invoke);
    } else {
      call.sentOver = opened;
      try {
        return call.pass(invoke(opened.resource));
      } catch (error) {
        call.fail(error);
      }
    }
    return call.promise;
  }

  /** Opens the record of one operation; it has failed already when the connection is closed. */
  begin(operation: string, timeoutMs: number, scope: Scope | undefined, repeatable: boolean): Call {
    const call = this.calls.open(operation, timeoutMs, scope, repeatable);
    // While the last work ends, nothing is accepted but what that work itself needs.
    if (this.#closing !== undefined && (scope === undefined || this.#closed)) {
      call.fail(closed(this.#settings.name, operation));
    }
    return call;
  }

  /**
   * Waits until the connection is open.
   *
   * @param scope - The work that needs it; absent: the waiting is work of its own.
   */
  async ready(bounds: Bounds, scope?: Scope): Promise<T> {
    const own = scope ?? this.enter(bounds);
    try {
      const { operationTimeoutMs } = this.#settings;
      const call = this.begin('connect', operationTimeoutMs, own, true);
      call.internal = true;
      if (call.settled) return await call.promise;
      if (this.#opened !== undefined) call.succeed(this.#opened.resource);
      else this.#await(call, (opened) => call.succeed(opened.resource));
      return await call.promise;
    } finally {
      if (scope === undefined) this.leave(own);
    }
  }

  /** Gives a connection up that has shown not to work, and opens another one. */
  replace(opened: Opened<T>, reason: CloseReason): void {
    if (this.#opened !== opened) return;
    const { resource } = opened;
    opened.failed = true;
    this.#drop(opened, reason);
    if (reason === 'misplaced' || (this.#settings.retireGently && reason !== 'lost')) {
      void closeResource(this.#driver, resource, this.#settings.operationTimeoutMs);
    } else {
      destroyResource(this.#driver, resource);
    }
    this.#open();
  }

  /** Looks for the right server, but not in a loop while there is none. */
  #moveOn(opened: Opened<T>): void {
    if (performance.now() - this.#openedAt < patienceMs) return;
    this.replace(opened, 'misplaced');
  }

  /**
   * Refuses new work, lets accepted work finish, then closes.
   *
   * @param timeoutMs - Limit for the whole, in milliseconds.
   */
  close(timeoutMs: number): Promise<CloseCounts> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<CloseCounts> {
    const until = performance.now() + timeoutMs;
    const under = this.calls.pending + this.#scopeCount;
    await drained(this.calls, () => this.#scopeCount === 0, timeoutMs);
    const abandoned = this.calls.pending + this.#scopeCount;
    this.#closed = true;
    const error = closed(this.#settings.name);
    for (let scope = this.#scopes; scope !== undefined; ) {
      const { next } = scope;
      scope.end(error);
      scope = next;
    }
    this.calls.abandon(error);
    this.#ending.abort(error);
    const opened = this.#opened;
    if (opened !== undefined) {
      this.#drop(opened, 'closed');
      // Work that did not end in time must not hold a polite goodbye up.
      const patience = abandoned > 0 ? 0 : Math.max(50, until - performance.now());
      await closeResource(this.#driver, opened.resource, patience);
    }
    await this.#opening;
    return { completed: under - abandoned, abandoned };
  }

  #await(call: Call, proceed: (opened: Opened<T>) => void): void {
    const refusal = this.#refusal;
    if (refusal !== undefined && performance.now() < refusal.until) {
      call.fail(refusal.error);
    } else if (this.#waiting.size >= this.#settings.maxWaiting) {
      call.fail(this.#unavailable(`${this.#waiting.size} operations wait for it already`));
    } else {
      this.#refusal = undefined;
      this.calls.wait(call, this.#waiting, proceed);
      this.#open();
    }
  }

  /** One loop however many wait: attempts with jitter until open, refused, or nobody cares. */
  #open(): void {
    if (this.#opening !== undefined || this.#opened !== undefined || this.#closed) return;
    this.#opening = this.#keepOpening().finally(() => {
      this.#opening = undefined;
      if (this.#waiting.size > 0) this.#open();
    });
  }

  async #keepOpening(): Promise<void> {
    const { connectTimeoutMs, maxRetryDelayMs, name, kind } = this.#settings;
    for (let attempt = 1; !this.#closed; attempt++) {
      const startedAt = performance.now();
      try {
        const opened = await openResource(this.#driver, connectTimeoutMs, this.#ending.signal, () =>
          noReply({ pool: name, kind, operation: 'connect' }, connectTimeoutMs),
        );
        if (this.#closed) return destroyResource(this.#driver, opened.resource);
        if (opened.dead) throw this.#unavailable('it was lost as soon as it was open');
        this.#opens += 1;
        this.calls.reportOpen(startedAt, undefined);
        this.#admit(opened);
        return;
      } catch (thrown) {
        if (this.#closed) return;
        const error = coded(thrown, { pool: name, kind, operation: 'connect', repeatable: true });
        this.calls.reportOpen(startedAt, error);
        this.#lastError = error;
        if (!error.retryable) return this.#refuse(error);
      }
      // A connection that nobody waits for and that never worked is left alone until it is used.
      if (this.#waiting.size === 0 && !this.#everOpened) return;
      await this.#pause(fullJitter(attempt, maxRetryDelayMs));
    }
  }

  #admit(opened: Opened<T>): void {
    this.#opened = opened;
    this.#openedAt = performance.now();
    this.#everOpened = true;
    this.#lastError = undefined;
    opened.onLost = (error) => {
      if (this.#opened !== opened) return;
      if (error !== undefined) this.#reportError(error);
      this.replace(opened, 'lost');
    };
    for (const call of this.#waiting) {
      this.calls.waited(call, undefined);
      call.onReady?.(opened as never);
    }
  }

  #refuse(error: BaseError): void {
    this.#refusal = { error, until: performance.now() + refusalMs };
    for (const call of this.#waiting) call.fail(error);
  }

  #drop(opened: Opened<T>, reason: CloseReason): void {
    this.#opened = undefined;
    opened.dead = true;
    opened.onLost = undefined;
    this.#closes += 1;
    this.calls.report?.({
      type: 'close',
      pool: this.#settings.name,
      kind: this.#settings.kind,
      reason,
    });
  }

  #timedOut(call: Call): BaseError {
    this.calls.counts.timeouts += 1;
    const { name, kind } = this.#settings;
    const timeoutMs = Math.round(call.deadlineAt - call.startedAt);
    if (call.sentOver === undefined) {
      return this.#unavailable(`it did not open within ${timeoutMs} ms`, call.operation);
    }
    const late = call.sentOver as Opened<T>;
    if (late === this.#opened) this.replace(late, 'timeout');
    // It was given up already, but might finish what is under way: that is late now.
    else destroyResource(this.#driver, late.resource);
    const { operation, repeatable } = call;
    return noReply({ pool: name, kind, operation, repeatable }, timeoutMs);
  }

  /** The connection is not there; the reason is the last failure to open it, when there is one. */
  #unavailable(why: string, operation?: string): BaseError {
    const { name, kind } = this.#settings;
    const cause = this.#lastError;
    return new ConnectionError({
      code:
        cause?.category === 'connection'
          ? (cause.code as typeof ErrorCode.CONNECTION_ERROR)
          : kind === 'redis'
            ? ErrorCode.REDIS_UNAVAILABLE
            : ErrorCode.CONNECTION_ERROR,
      message: `Connection "${name}" is not available: ${why}.`,
      details: { pool: name, ...(operation !== undefined && { operation }) },
      originalError: cause,
      retryable: true,
    });
  }

  #reportError(thrown: unknown): void {
    const { name, kind } = this.#settings;
    const error = coded(thrown, { pool: name, kind });
    this.#lastError = error;
    this.calls.report?.({ type: 'error', pool: name, kind, errorType: error.code, error });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#ending;
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (this.#waiting.size === 0) timer.unref();
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** Takes an operation out of the line when its signal aborts; one that was sent goes on. */
function leaveLineWith(signal: AbortSignal, call: Call, { name, kind }: SharedSettings): void {
  const onAbort = (): void => {
    if (call.sentOver !== undefined) return;
    call.fail(cancelled({ pool: name, kind, operation: call.operation }, signal.reason));
  };
  const forget = (): void => signal.removeEventListener('abort', onAbort);
  signal.addEventListener('abort', onAbort, { once: true });
  call.promise.then(forget, forget);
}
