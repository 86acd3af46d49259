import { setTimeout as sleep } from 'node:timers/promises';
import type { BaseError } from '@map/errors/core';
import { type Call, Calls, send } from './call.ts';
import { closed, coded, lost, noReply } from './coded.ts';
import { drained } from './drain.ts';
import { fullJitter } from './jitter.ts';
import { exhausted, type Loan, type Member, type PoolSettings, warnOfLeak } from './loan.ts';
import type { CloseCounts, ConnectionStats } from './managed.ts';
import type { CloseReason, ConnectionEvent, LoggerLike } from './observer.ts';
import {
  closeResource,
  destroyResource,
  type Opened,
  openResource,
  type ResourceDriver,
  withinLimit,
} from './resource.ts';
import { type Bounds, Scope } from './scope.ts';

/** A member that lay idle for longer than this is checked before it is handed out. */
const checkAfterIdleMs = 1_000;

/** Connections that are lent to one borrower at a time. */
export class Pool<T> {
  readonly calls: Calls;
  readonly #driver: ResourceDriver<T>;
  readonly #settings: PoolSettings;
  readonly #logger: LoggerLike | undefined;
  readonly #members: Set<Member<T>> = new Set();
  readonly #idle: Member<T>[] = [];
  readonly #waiting: Set<Call> = new Set();
  readonly #loans: Set<Loan<T>> = new Set();
  readonly #ending: AbortController = new AbortController();
  #opening = 0;
  #failures = 0;
  #lastError: BaseError | undefined;
  #closing: Promise<CloseCounts> | undefined;
  #closed = false;
  #sweeper: ReturnType<typeof setTimeout> | undefined;
  #opens = 0;
  #closes = 0;
  #leaks = 0;

  constructor(
    driver: ResourceDriver<T>,
    settings: PoolSettings,
    report: ((event: ConnectionEvent) => void) | undefined,
    logger: LoggerLike | undefined,
  ) {
    this.#driver = driver;
    this.#settings = settings;
    this.#logger = logger;
    const place = { pool: settings.name, kind: settings.kind };
    this.calls = new Calls(
      settings.name,
      settings.kind,
      report,
      (call) => this.#timedOut(call),
      (timeoutMs, scope) => {
        const waits = [...this.#waiting].some((call) => call.scope === scope);
        if (!waits) return noReply({ ...place, operation: 'Work' }, timeoutMs);
        const isShut = this.#members.size === 0 && this.#lastError !== undefined;
        return this.#exhausted(
          `none ${isShut ? 'could be opened' : 'was free'} within ${timeoutMs} ms`,
        );
      },
    );
    this.calls.onFailure = (opened, error) => {
      if (!driver.misplaced?.(error)) return;
      for (const loan of this.#loans) if (loan.member.opened === opened) loan.dirty = true;
    };
  }

  stats(): ConnectionStats {
    const { size } = this.#members;
    const running = this.#opening > 0 ? 'opening' : 'idle';
    const ending = this.#closed ? 'closed' : 'closing';
    return {
      kind: this.#settings.kind,
      state: this.#closing !== undefined ? ending : size > 0 ? 'open' : running,
      open: size,
      max: this.#settings.max,
      inUse: this.#loans.size,
      waiting: this.#waiting.size,
      pending: this.calls.pending,
      opened: this.#opens,
      closed: this.#closes,
      ...this.calls.counts,
      leaks: this.#leaks,
    };
  }

  /**
   * Borrows a connection: an idle one, a new one, or the next that is given back.
   *
   * @param bounds - Bound the waiting and everything done with the loan.
   * @param takenAt - Holds the stack of the place that borrows, for the leak warning.
   */
  async borrow(bounds: Bounds, takenAt: Error): Promise<Loan<T>> {
    if (this.#closing !== undefined) throw closed(this.#settings.name, 'acquire');
    const scope = new Scope(this.calls, bounds);
    try {
      const member = await this.#take(scope);
      const loan: Loan<T> = { member, scope, dirty: false, leakTimer: undefined };
      this.#loans.add(loan);
      this.#watchForLeak(loan, takenAt);
      return loan;
    } catch (error) {
      scope.leave();
      throw error;
    }
  }

  /**
   * Runs one operation over a loan.
   *
   * @param timeoutMs - Its limit in milliseconds; infinity for a command that waits by design.
   */
  run<R>(
    loan: Loan<T>,
    operation: string,
    repeatable: boolean,
    invoke: (resource: T) => PromiseLike<R>,
    timeoutMs: number = this.#settings.operationTimeoutMs,
  ): Promise<R> {
    const call = this.calls.open(operation, timeoutMs, loan.scope, repeatable);
    if (call.settled) return call.promise;
    if (loan.member.opened.dead)
      call.fail(
        lost({ pool: this.#settings.name, kind: this.#settings.kind, operation, repeatable: true }),
      );
    else send(call, loan.member.opened, invoke);
    return call.promise;
  }

  /** Takes a loan back; the connection goes to the next in line, unless it is spoiled. */
  async giveBack(loan: Loan<T>): Promise<void> {
    const { member } = loan;
    // An answer still under way would reach the next borrower's eyes as a delay, or worse.
    // So would that to an operation which was given up when the loan ran out of time.
    const spoiled = loan.dirty || loan.scope.isBusy || loan.scope.ended !== undefined;
    if (!this.#end(loan)) return;
    if (member.opened.dead) return;
    if (spoiled || (this.#driver.reset !== undefined && !(await this.#reset(member)))) {
      this.#remove(member, 'dirty');
    } else if (performance.now() >= member.expiresAt) {
      this.#remove(member, 'expired');
    } else if (!member.opened.dead) {
      member.idleSince = performance.now();
      this.#idle.push(member);
    }
    this.#serve();
    this.calls.onIdle?.();
  }

  /** Ends a loan and throws its connection away. */
  discard(loan: Loan<T>, reason: CloseReason = 'dirty'): void {
    if (!this.#end(loan)) return;
    this.#remove(loan.member, reason);
    this.#serve();
    this.calls.onIdle?.();
  }

  /** Borrows a connection, checks it and gives it back. */
  async check(bounds: Bounds): Promise<void> {
    const loan = await this.borrow(bounds, new Error('check'));
    try {
      await this.run(loan, 'check', true, async (resource) => this.#driver.check?.(resource));
    } finally {
      await this.giveBack(loan);
    }
  }

  /**
   * Refuses new borrowers, lets the loans end, then closes every connection.
   *
   * @param timeoutMs - Limit for the whole, in milliseconds.
   */
  close(timeoutMs: number): Promise<CloseCounts> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<CloseCounts> {
    const until = performance.now() + timeoutMs;
    const under = this.#loans.size + this.#waiting.size;
    await drained(this.calls, () => this.#loans.size === 0, timeoutMs);
    const abandoned = this.#loans.size + this.#waiting.size;
    this.#closed = true;
    const error = closed(this.#settings.name);
    this.calls.abandon(error);
    for (const loan of this.#loans) {
      loan.scope.end(error);
      this.discard(loan, 'closed');
    }
    this.#ending.abort(error);
    clearTimeout(this.#sweeper);
    const patience = Math.max(50, until - performance.now());
    await Promise.all(
      this.#idle.splice(0).map((member) => {
        this.#forget(member, 'closed');
        return closeResource(this.#driver, member.opened.resource, patience);
      }),
    );
    // Some are neither lent nor idle: they are being cleaned, or checked.
    for (const member of this.#members) this.#remove(member, 'closed');
    return { completed: under - abandoned, abandoned };
  }

  #take(scope: Scope): Promise<Member<T>> {
    const { acquireTimeoutMs, maxWaiting } = this.#settings;
    const call = this.calls.open('acquire', acquireTimeoutMs, scope, true);
    call.internal = true;
    if (call.settled) return call.promise;
    if (this.#waiting.size >= maxWaiting) {
      call.fail(this.#exhausted(`${this.#waiting.size} others wait for one already`));
    } else {
      this.calls.wait(call, this.#waiting, (member) => call.succeed(member));
      this.#serve();
    }
    return call.promise;
  }

  /** Gives idle connections to those who wait, and opens more while there is room. */
  #serve(): void {
    for (const call of this.#waiting) {
      const member = this.#idle.pop();
      if (member === undefined) break;
      if (performance.now() - member.idleSince < checkAfterIdleMs) {
        this.calls.waited(call, undefined);
        call.onReady?.(member as never);
      } else {
        this.#waiting.delete(call);
        void this.#checkAndHand(member, call);
      }
    }
    if (this.#closed) return;
    // While connections cannot be opened, one attempt at a time is enough to find out when they can.
    const limit = this.#failures > 0 ? 1 : this.#settings.max - this.#members.size;
    while (
      this.#opening < Math.min(limit, this.#waiting.size) &&
      this.#members.size + this.#opening < this.#settings.max
    ) {
      this.#opening += 1;
      void this.#grow();
    }
    this.#sweepLater();
  }

  async #checkAndHand(member: Member<T>, call: Call): Promise<void> {
    const { connectTimeoutMs } = this.#settings;
    const healthy = await withinLimit(async () => {
      await this.#driver.check?.(member.opened.resource);
      return true;
    }, connectTimeoutMs);
    if (healthy === true && !member.opened.dead) {
      if (!call.settled) return call.onReady?.(member as never);
      this.#idle.push(member);
    } else {
      this.#remove(member, 'lost');
      if (!call.settled) this.#returnToLine(call);
    }
    this.#serve();
  }

  /** Puts a borrower in front of those that came later: what it was to get was of no use. */
  #returnToLine(call: Call): void {
    if (this.#closed) {
      call.fail(closed(this.#settings.name, 'acquire'));
      return;
    }
    const later = [...this.#waiting];
    this.#waiting.clear();
    for (const one of [call, ...later]) this.#waiting.add(one);
  }

  async #grow(): Promise<void> {
    const { name, kind, connectTimeoutMs, maxRetryDelayMs, maxLifetimeMs } = this.#settings;
    const startedAt = performance.now();
    const place = { pool: name, kind, operation: 'connect', repeatable: true };
    let opened: Opened<T>;
    try {
      opened = await openResource(this.#driver, connectTimeoutMs, this.#ending.signal, () =>
        noReply(place, connectTimeoutMs),
      );
      if (opened.dead) throw lost(place);
    } catch (thrown) {
      const error = coded(thrown, place);
      this.#lastError = error;
      this.#failures += 1;
      if (!this.#closed) this.calls.reportOpen(startedAt, error);
      if (!error.retryable) for (const call of this.#waiting) call.fail(error);
      if (this.#waiting.size > 0 && !this.#closed) {
        const { signal } = this.#ending;
        await sleep(fullJitter(this.#failures, maxRetryDelayMs), undefined, { signal }).catch(
          () => {},
        );
      }
      this.#opening -= 1;
      return this.#serve();
    }
    this.#opening -= 1;
    if (this.#closed) return destroyResource(this.#driver, opened.resource);
    this.#failures = 0;
    this.#lastError = undefined;
    this.#opens += 1;
    this.calls.reportOpen(startedAt, undefined);
    // Lifetimes differ a little, so that connections opened together do not end together.
    const expiresAt = performance.now() + maxLifetimeMs * (0.9 + Math.random() / 10);
    const member: Member<T> = { opened, expiresAt, idleSince: performance.now() };
    this.#members.add(member);
    opened.onLost = () => {
      this.#remove(member, 'lost');
      this.#serve();
    };
    this.#idle.push(member);
    this.#serve();
  }

  async #reset(member: Member<T>): Promise<boolean> {
    const { resource } = member.opened;
    const clean = await withinLimit(
      async () => this.#driver.reset?.(resource),
      this.#settings.operationTimeoutMs,
    );
    return clean === true;
  }

  #end(loan: Loan<T>): boolean {
    if (!this.#loans.delete(loan)) return false;
    clearTimeout(loan.leakTimer);
    loan.scope.leave();
    return true;
  }

  #remove(member: Member<T>, reason: CloseReason): void {
    if (!this.#forget(member, reason)) return;
    destroyResource(this.#driver, member.opened.resource);
  }

  #forget(member: Member<T>, reason: CloseReason): boolean {
    if (!this.#members.delete(member)) return false;
    member.opened.dead = true;
    member.opened.failed = reason !== 'closed';
    member.opened.onLost = undefined;
    const at = this.#idle.indexOf(member);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#closes += 1;
    const { name, kind } = this.#settings;
    this.calls.report?.({ type: 'close', pool: name, kind, reason });
    return true;
  }

  #sweepLater(): void {
    if (this.#sweeper !== undefined || this.#idle.length === 0 || this.#closed) return;
    const { idleTimeoutMs } = this.#settings;
    this.#sweeper = setTimeout(() => {
      this.#sweeper = undefined;
      const now = performance.now();
      for (const member of [...this.#idle]) {
        if (now - member.idleSince >= idleTimeoutMs) this.#remove(member, 'idle');
        else if (now >= member.expiresAt) this.#remove(member, 'expired');
      }
      this.#sweepLater();
    }, idleTimeoutMs);
    this.#sweeper.unref();
  }

  #watchForLeak(loan: Loan<T>, takenAt: Error): void {
    if (!Number.isFinite(this.#settings.leakWarningMs)) return;
    loan.leakTimer = setTimeout(() => {
      this.#leaks += 1;
      warnOfLeak(this.#settings, takenAt, this.calls.report, this.#logger);
    }, this.#settings.leakWarningMs);
    loan.leakTimer.unref();
  }

  #timedOut(call: Call): BaseError {
    this.calls.counts.timeouts += 1;
    const { name, kind } = this.#settings;
    const timeoutMs = Math.round(call.deadlineAt - call.startedAt);
    if (call.sentOver === undefined) {
      return this.#exhausted(`none was free within ${timeoutMs} ms`);
    }
    for (const member of this.#members) {
      if (member.opened === call.sentOver) this.#remove(member, 'timeout');
    }
    this.#serve();
    return noReply({ pool: name, kind, operation: call.operation }, timeoutMs);
  }

  #exhausted(why: string): BaseError {
    const counts = { inUse: this.#loans.size, waiting: this.#waiting.size };
    return exhausted(this.#settings, counts, why, this.#lastError);
  }
}
