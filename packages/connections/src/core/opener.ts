// Opens the connections of one pool or of one shared connection.
//
// The owner states how many connections it wants beside those it has; the opener runs attempts
// until that many are open:
//
// - While attempts succeed, all wanted connections are opened at once. After a failure, one attempt
//   at a time is enough to find out when the server is back.
// - Between failed attempts it pauses with full jitter. While a caller waits, the cap is the
//   `maxRetryDelayMs` of the settings (250 ms by default), because every pause is latency. While
//   no caller waits it grows to `idleRetryDelayMs`, because every process that lost this server is
//   knocking too. A server that accepts connections and closes them at once is paused for, too: only
//   a connection that was open for `stableMs` shows that the server is back. A pause without a waiting caller ends as soon as a caller arrives or the owner
//   learns that the server is back (`hurry`).
// - An error that retrying cannot fix (wrong password, missing database, wrong certificate) is a
//   refusal: it fails every waiting caller, ends the attempts, and is remembered for 250 ms, so that
//   a loop of callers does not become a loop of logins. The next caller after that tries again.

import { type BaseError, ConnectionError, ErrorCode, fullJitter } from '@map/errors/core';
import { Timers } from '@map/redaction/kernel';
import { destroyResource, type Opened, openResource, type ResourceDriver } from './driver.ts';
import { codedError, lostError, noReplyError, type Place } from './errors.ts';
import type { ConnectionKind, Report } from './observer.ts';
import { symptom } from './symptom.ts';

/** How connections are opened; all times in milliseconds. */
export interface OpenerSettings {
  readonly name: string;
  readonly kind: ConnectionKind;
  /** Limit for one attempt. */
  readonly connectTimeoutMs: number;
  /** Longest delay between two attempts while a caller waits. */
  readonly maxRetryDelayMs: number;
}

/** The pool or shared connection that connections are opened for. */
export interface OpenerOwner<T> {
  /** Number of connections wanted beside those that are open. */
  wanted(): number;
  /** Whether a caller waits for a connection. */
  isAwaited(): boolean;
  /** Takes a new connection over. */
  admit(opened: Opened<T>): void;
  /** Fails the callers that wait, with an error that retrying cannot fix. */
  refuse(error: BaseError): void;
}

/** Longest and first delay between two attempts without waiting callers. */
const idleRetryDelayMs = 4_000;
const idleBaseDelayMs = 50;

/** How long a connection must be open so that its loss does not delay the next one. */
const stableMs = 1_000;

/** How long an error that retrying cannot fix is repeated without asking the server again. */
const refusalMs = 250;

/** Opens connections for a pool or a shared connection; see the head of this file. */
export class Opener<T> {
  /** Number of connections opened so far. */
  opened = 0;
  /** Why the last attempt failed; undefined after a success. */
  lastError: BaseError | undefined;
  readonly #driver: ResourceDriver<T>;
  readonly #settings: OpenerSettings;
  readonly #report: Report;
  readonly #owner: OpenerOwner<T>;
  readonly #closing: AbortController = new AbortController();
  #attempts: Set<Promise<void>> = new Set();
  #failures = 0;
  /** Connections in a row that were lost soon after they had opened. */
  #shortLived = 0;
  #refusedUntil = 0;
  #symptom: string | undefined;
  #wake: (() => void) | undefined;
  /** The pauses between attempts, with their timers, which never fire once they are replaced. */
  readonly #pauses: Set<{ readonly timers: Timers; readonly end: () => void }> = new Set();

  constructor(
    driver: ResourceDriver<T>,
    settings: OpenerSettings,
    report: Report,
    owner: OpenerOwner<T>,
  ) {
    this.#driver = driver;
    this.#settings = settings;
    this.#report = report;
    this.#owner = owner;
  }

  /** Whether an attempt, or a pause between two, is in progress. */
  get isOpening(): boolean {
    return this.#attempts.size > 0;
  }

  /** The error that every caller receives for now, because retrying cannot fix it. */
  get refusal(): BaseError | undefined {
    const leftMs = this.#refusedUntil - performance.now();
    // More is left only where a test has replaced the clock.
    return leftMs > 0 && leftMs <= refusalMs ? this.lastError : undefined;
  }

  /** Starts as many attempts as are wanted now; call it whenever that may have changed. */
  update(): void {
    if (this.#closing.signal.aborted) return;
    if (this.#owner.isAwaited()) this.hurry();
    for (const { timers, end } of this.#pauses) if (!timers.areCurrent) end();
    const most = this.#failures > 0 ? 1 : Number.POSITIVE_INFINITY;
    while (this.#attempts.size < Math.min(most, this.#owner.wanted())) {
      const attempt = this.#attempt().finally(() => {
        this.#attempts.delete(attempt);
        if (this.refusal === undefined) this.update();
      });
      this.#attempts.add(attempt);
    }
  }

  /** Ends a pause that began without waiting callers. */
  hurry(): void {
    this.#wake?.();
  }

  /** Notes that the connection was lost by itself, as the reason of errors until it is open again. */
  note(error: BaseError): void {
    this.lastError = error;
    this.#symptom = undefined;
  }

  /**
   * Notes how long the connection had been open when it was lost by itself. The first loss is
   * followed by an attempt at once, as most are single.
   */
  noteLife(openMs: number): void {
    this.#shortLived = openMs < stableMs ? this.#shortLived + 1 : 0;
  }

  /** Ends all attempts; resolves when none is left. */
  async close(reason: BaseError): Promise<void> {
    this.#closing.abort(reason);
    await Promise.all(this.#attempts);
  }

  /**
   * Makes the error of a caller that could not get a connection.
   *
   * @param why - What was waited for, such as `it did not open within 500 ms`.
   */
  unavailableError(why: string, details: Record<string, unknown> = {}): BaseError {
    const { kind, name } = this.#settings;
    const cause = this.lastError;
    const fallback = kind === 'redis' ? ErrorCode.REDIS_UNAVAILABLE : ErrorCode.CONNECTION_ERROR;
    const last = this.#symptom === undefined ? '' : ` Last attempt: ${this.#symptom}`;
    return new ConnectionError({
      code: cause?.category === 'connection' ? (cause.code as typeof fallback) : fallback,
      message: `Connection "${name}" is not available: ${why}.${last}`,
      details: { pool: name, ...details },
      originalError: cause,
      retryable: true,
    });
  }

  async #attempt(): Promise<void> {
    const { connectTimeoutMs, kind, name } = this.#settings;
    const place: Place = { pool: name, kind, operation: 'connect', repeatable: true };
    const { signal } = this.#closing;
    this.#refusedUntil = 0;
    if (this.#shortLived > 1) await this.#pause(this.#shortLived);
    if (signal.aborted) return;
    const startedAt = performance.now();
    try {
      const opened = await openResource(this.#driver, connectTimeoutMs, signal, () =>
        noReplyError(place, connectTimeoutMs),
      );
      if (signal.aborted) return destroyResource(this.#driver, opened.resource);
      if (opened.dead) throw lostError(place);
      this.opened += 1;
      this.#failures = 0;
      this.lastError = undefined;
      this.#symptom = undefined;
      this.#reportOpen(startedAt, undefined);
      this.#owner.admit(opened);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = codedError(thrown, place);
      this.lastError = error;
      this.#symptom = symptom(thrown, this.#settings.kind);
      this.#failures += 1;
      this.#reportOpen(startedAt, error);
      if (!error.retryable) {
        this.#refusedUntil = performance.now() + refusalMs;
        this.#owner.refuse(error);
      } else if (this.#owner.wanted() > 0) {
        await this.#pause(this.#failures);
      }
    }
  }

  #pause(failures: number): Promise<void> {
    const { maxRetryDelayMs } = this.#settings;
    const isAwaited = this.#owner.isAwaited();
    const delayMs = isAwaited
      ? fullJitter(failures, maxRetryDelayMs)
      : fullJitter(failures, Math.max(maxRetryDelayMs, idleRetryDelayMs), idleBaseDelayMs);
    return new Promise((resolve) => {
      const { signal } = this.#closing;
      const timers = new Timers();
      const done = (): void => {
        timers.stop(timer);
        this.#pauses.delete(pause);
        signal.removeEventListener('abort', done);
        if (this.#wake === done) this.#wake = undefined;
        resolve();
      };
      const pause = { timers, end: done };
      const timer = timers.start(done, delayMs);
      this.#pauses.add(pause);
      signal.addEventListener('abort', done, { once: true });
      if (isAwaited) return;
      // Reconnecting without waiting callers must not keep the process alive.
      timer.unref();
      this.#wake = done;
    });
  }

  #reportOpen(startedAt: number, error: BaseError | undefined): void {
    const { kind, name } = this.#settings;
    this.#report?.({
      type: 'open',
      pool: name,
      kind,
      status: error === undefined ? 'success' : 'error',
      durationMs: performance.now() - startedAt,
      ...(error !== undefined && { errorType: error.code }),
    });
  }
}
