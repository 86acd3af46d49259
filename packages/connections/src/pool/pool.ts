// Connections that one caller holds at a time.
//
// A caller that asks for a connection joins the waiting line. `#serve` runs whenever something
// changes and matches the line with what is there: idle members first, last returned first; for
// what is still missing the opener is asked, which keeps to `max`. So there is one place where
// connections are handed out, and the order of the line is kept.
//
// A member goes through these states:
//
//   opening → idle ⇄ leased → (reset) → idle
//                └──────────────→ removed: lost, late, dirty, idle too long, too old
//
// - An idle member that was unused for more than a second is checked before it is handed out, out
//   of the line; if it is dead, its caller returns to the head of the line.
// - A returned member is reset by the driver. It is removed instead if its holder changed it, if an
//   operation is still in flight, or if the scope of the lease ended early: a reply still in flight
//   would delay the next holder, or be mistaken for its own.
// - A member with an operation that got no reply in time is removed: it may be half dead.

import type { BaseError, LoggerLike } from '@map/errors';
import { ConnectionError, ErrorCode } from '@map/errors/core';
import { noteWait } from '@map/errors/kernel';
import { valueAtOnce } from '@map/redaction/kernel';
import type { CloseCounts, ConnectionStats } from '../core/connection.ts';
import { drained } from '../core/drain.ts';
import {
  closeResource,
  destroyResource,
  type Opened,
  type ResourceDriver,
  withinLimit,
} from '../core/driver.ts';
import { closedError, lostError, noReplyError, type Place } from '../core/errors.ts';
import type { CloseReason, Report } from '../core/observer.ts';
import { Opener } from '../core/opener.ts';
import type { Operation } from '../core/operation.ts';
import { Operations } from '../core/operations.ts';
import { type Bounds, Scope } from '../core/scope.ts';
import { WaitingLine } from '../core/waiting-line.ts';
import { type HeldLease, Leases } from './leases.ts';
import { type Member, Members } from './members.ts';
import type { PoolSettings } from './settings.ts';

/** A member that was idle for longer than this is checked before it is handed out. */
const checkAfterIdleMs = 1_000;

/** Connections that one caller holds at a time; see the head of this file. */
export class Pool<T> {
  readonly #driver: ResourceDriver<T>;
  readonly #settings: PoolSettings;
  readonly #place: Place;
  readonly #operations: Operations;
  readonly #members: Members<T>;
  readonly #leases: Leases<T>;
  readonly #line: WaitingLine<Member<T>>;
  readonly #opener: Opener<T>;
  #closing: Promise<CloseCounts> | undefined;
  #closed = false;

  constructor(
    driver: ResourceDriver<T>,
    settings: PoolSettings,
    report: Report,
    logger: LoggerLike | undefined,
  ) {
    const { kind, max, name } = settings;
    this.#driver = driver;
    this.#settings = settings;
    this.#place = { pool: name, kind };
    this.#operations = new Operations(name, kind, report, {
      onExpire: (operation) => this.#timeoutError(operation),
      onScopeExpire: (timeoutMs, scope) => this.#scopeTimeoutError(timeoutMs, scope),
      onFailure: (opened, error) => {
        if (valueAtOnce(driver.misplaced?.(error))) this.#leases.spoil(opened);
      },
    });
    this.#members = new Members(settings, (member, reason) => this.#remove(member, reason));
    this.#leases = new Leases(settings, report, logger);
    this.#line = new WaitingLine(this.#operations);
    this.#opener = new Opener(driver, settings, report, {
      wanted: () => Math.min(this.#line.size, max - this.#members.size),
      isAwaited: () => this.#line.size > 0,
      admit: (opened) => this.#admit(opened),
      refuse: (error) => this.#line.failAll(error),
    });
  }

  stats(): ConnectionStats {
    return {
      kind: this.#settings.kind,
      state: this.#state(),
      open: this.#members.size,
      max: this.#settings.max,
      inUse: this.#leases.size,
      waiting: this.#line.size,
      pending: this.#operations.pending,
      opened: this.#opener.opened,
      closed: this.#members.closed,
      ...this.#operations.counts,
      leaks: this.#leases.leaks,
    };
  }

  /**
   * Leases a connection: an idle one, a new one, or the next that is returned.
   *
   * @param bounds - Bound the waiting and every operation of the lease.
   * @param takenAt - Carries the stack of the code that acquires it, for the leak warning.
   */
  async acquire(bounds: Bounds, takenAt: Error): Promise<HeldLease<T>> {
    if (this.#closing !== undefined) throw closedError(this.#settings.name, 'acquire');
    const scope = new Scope(this.#operations, bounds);
    try {
      const member = await this.#take(scope);
      return this.#leases.start(member, scope, takenAt);
    } catch (error) {
      scope.leave();
      throw error;
    }
  }

  /**
   * Runs one operation over a lease.
   *
   * @param timeoutMs - Its limit in milliseconds; `Infinity` for a command that blocks by design.
   */
  run<R>(
    lease: HeldLease<T>,
    name: string,
    repeatable: boolean,
    invoke: (resource: T) => PromiseLike<R>,
    timeoutMs: number = this.#settings.operationTimeoutMs,
  ): Promise<R> {
    const operation = this.#operations.open(name, timeoutMs, lease.scope, repeatable);
    if (operation.settled) return operation.promise;
    const { opened } = lease.member;
    if (opened.dead) {
      // It was lost before: nothing is sent, so a repetition does no harm.
      operation.fail(lostError({ ...this.#place, operation: name, repeatable: true }));
    } else operation.send(opened, invoke);
    return operation.promise;
  }

  /** Returns the connection of a lease; it goes to the next in line, unless it must be removed. */
  async release(lease: HeldLease<T>): Promise<void> {
    const { member } = lease;
    const isSpoiled = lease.dirty || lease.scope.isBusy || lease.scope.ended !== undefined;
    if (!this.#leases.end(lease)) return;
    if (member.opened.dead) return this.#settled();
    if (isSpoiled || !(await this.#reset(member))) this.#remove(member, 'dirty');
    else if (performance.now() >= member.expiresAt) this.#remove(member, 'expired');
    else if (!member.opened.dead) this.#members.putIdle(member);
    this.#settled();
  }

  /** Ends a lease and throws its connection away. */
  discard(lease: HeldLease<T>, reason: CloseReason = 'dirty'): void {
    if (!this.#leases.end(lease)) return;
    this.#remove(lease.member, reason);
    this.#settled();
  }

  /** Leases a connection, checks it and returns it. */
  async check(bounds: Bounds): Promise<void> {
    const lease = await this.acquire(bounds, new Error('check'));
    try {
      await this.run(lease, 'check', true, async (resource) => this.#driver.check?.(resource));
    } finally {
      await this.release(lease);
    }
  }

  /** Ends a pause between two attempts to open, because the server is known to be back. */
  hurry(): void {
    this.#opener.hurry();
  }

  /**
   * Refuses new callers, waits for the leases to end, then closes every connection.
   *
   * @param timeoutMs - Limit for the whole, in milliseconds.
   */
  close(timeoutMs: number): Promise<CloseCounts> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<CloseCounts> {
    const until = performance.now() + timeoutMs;
    const inFlight = this.#leases.size + this.#line.size;
    await drained(this.#operations, () => this.#leases.size === 0, timeoutMs);
    const abandoned = this.#leases.size + this.#line.size;
    this.#closed = true;
    const error = closedError(this.#settings.name);
    this.#operations.abandon(error);
    for (const lease of this.#leases) {
      lease.scope.end(error);
      this.discard(lease, 'closed');
    }
    const openerClosed = this.#opener.close(error);
    this.#members.stop();
    const patienceMs = Math.max(50, until - performance.now());
    await Promise.all(
      this.#members.takeAllIdle().map((member) => {
        this.#forget(member, 'closed');
        return closeResource(this.#driver, member.opened.resource, patienceMs);
      }),
    );
    // Others are neither leased nor idle: they are being reset, or checked.
    for (const member of this.#members) this.#remove(member, 'closed');
    await openerClosed;
    return { completed: inFlight - abandoned, abandoned };
  }

  #state(): ConnectionStats['state'] {
    if (this.#closed) return 'closed';
    if (this.#closing !== undefined) return 'closing';
    if (this.#members.size > 0) return 'open';
    return this.#opener.isOpening ? 'opening' : 'idle';
  }

  #take(scope: Scope): Promise<Member<T>> {
    const { acquireTimeoutMs, maxWaiting } = this.#settings;
    const operation = this.#operations.open('acquire', acquireTimeoutMs, scope, true);
    operation.internal = true;
    if (operation.settled) return operation.promise;
    const refusal = this.#members.size === 0 ? this.#opener.refusal : undefined;
    if (refusal !== undefined) {
      operation.fail(refusal);
    } else if (this.#line.size >= maxWaiting) {
      const why = `${this.#line.size} callers are already waiting for it`;
      operation.fail(this.#noneError(why, `the queue is full, with ${this.#line.size} waiting`));
    } else {
      this.#line.join(operation, (member) => operation.succeed(member));
      const waitError = () => this.#noneError('it is not open yet', 'no connection is free yet');
      noteWait(() => operation.waitingAt && waitError());
      this.#serve();
    }
    return operation.promise;
  }

  /** Passes idle members to the callers in line, and requests the missing ones from the opener. */
  #serve(): void {
    while (this.#line.size > 0) {
      const member = this.#members.takeIdle();
      if (member === undefined) break;
      const next = this.#line.shift();
      if (next === undefined) break;
      if (performance.now() - member.idleSince < checkAfterIdleMs) next.proceed(member);
      else void this.#checkAndHand(member, next.operation, next.proceed);
    }
    if (!this.#closed) this.#opener.update();
  }

  async #checkAndHand(
    member: Member<T>,
    operation: Operation,
    proceed: (member: Member<T>) => void,
  ): Promise<void> {
    const isHealthy = await withinLimit(async () => {
      await this.#driver.check?.(member.opened.resource);
      return true;
    }, this.#settings.connectTimeoutMs);
    if (isHealthy === true && !member.opened.dead) {
      if (!operation.settled) return proceed(member);
      this.#members.putIdle(member);
    } else {
      this.#remove(member, 'lost');
      if (this.#closed) operation.fail(closedError(this.#settings.name, 'acquire'));
      else if (!operation.settled) this.#line.rejoin(operation, proceed);
    }
    this.#serve();
  }

  #admit(opened: Opened<T>): void {
    const member = this.#members.add(opened);
    opened.onLost = (error) => {
      opened.onLostInUse?.(error);
      this.#remove(member, 'lost');
      this.#serve();
    };
    this.#members.putIdle(member);
    this.#serve();
  }

  /** Notes that a lease has ended, or its connection is free again. */
  #settled(): void {
    this.#serve();
    this.#operations.onIdle?.();
  }

  async #reset(member: Member<T>): Promise<boolean> {
    if (this.#driver.reset === undefined) return true;
    const isClean = await withinLimit(
      async () => this.#driver.reset?.(member.opened.resource),
      this.#settings.operationTimeoutMs,
    );
    return isClean === true;
  }

  #remove(member: Member<T>, reason: CloseReason): void {
    if (this.#forget(member, reason)) destroyResource(this.#driver, member.opened.resource);
  }

  #forget(member: Member<T>, reason: CloseReason): boolean {
    if (!this.#members.remove(member)) return false;
    member.opened.dead = true;
    member.opened.failed = reason !== 'closed';
    member.opened.onLost = undefined;
    this.#operations.reportClose(reason);
    return true;
  }

  #timeoutError({ deadlineAt, name, repeatable, sentOver, startedAt }: Operation): BaseError {
    this.#operations.counts.timeouts += 1;
    const timeoutMs = Math.round(deadlineAt - startedAt);
    if (sentOver === undefined) return this.#noneInTimeError(timeoutMs);
    const member = this.#members.of(sentOver);
    if (member !== undefined) this.#remove(member, 'timeout');
    this.#serve();
    return noReplyError({ ...this.#place, operation: name, repeatable }, timeoutMs);
  }

  #scopeTimeoutError(timeoutMs: number, scope: Scope): BaseError {
    const isWaiting = this.#line.some(({ group }) => group === scope);
    if (isWaiting) return this.#noneInTimeError(timeoutMs);
    return noReplyError({ ...this.#place, operation: 'Work' }, timeoutMs);
  }

  /** A caller got no connection in time: the server is away, or all connections are leased. */
  #noneInTimeError(timeoutMs: number): BaseError {
    const why = `within ${timeoutMs} ms`;
    return this.#noneError(`it did not open ${why}`, `no connection was free ${why}`);
  }

  #noneError(whenAway: string, whenLeased: string): BaseError {
    const { max, name } = this.#settings;
    const inUse = this.#leases.size;
    const details = { in_use: inUse, max, waiting: this.#line.size };
    // Not all are leased: a connection is missing because it could not be opened.
    if (this.#members.size < max) {
      return this.#opener.unavailableError(whenAway, details);
    }
    return new ConnectionError({
      code: ErrorCode.POOL_EXHAUSTED,
      message: `Pool "${name}" is exhausted: ${whenLeased} (${inUse} of ${max} in use).`,
      details: { pool: name, ...details },
      retryable: true,
    });
  }
}
