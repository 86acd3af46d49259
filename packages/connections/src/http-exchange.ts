import { APIError, type BaseError, ErrorCode } from '@map/errors/core';
import type { Call } from './call.ts';
import { badArgument, cancelled } from './coded.ts';

/**
 * One request under way, and the signal that ends it.
 *
 * It is a signal only as far as got asks for one: a real one, with its events and its share of the
 * garbage collector's work, is a tenth of a request's cost. It survives retries and redirects.
 */
export class HttpExchange {
  readonly call: Call;
  /** The signal of the caller. */
  readonly signal: AbortSignal | undefined;
  /** Why it was stopped by us. */
  stopped: BaseError | undefined = undefined;
  readonly #pool: string;
  #isHeld = false;
  #listeners: (() => void)[] | undefined = undefined;
  #listener: (() => void) | undefined = undefined;
  #onAbort: (() => void) | undefined = undefined;
  #atEnd: (() => void)[] | undefined = undefined;

  constructor(pool: string, call: Call, given: AbortSignal | undefined) {
    this.#pool = pool;
    this.call = call;
    // V8 makes a function that is assigned to a member in old space, and with it all it holds.
    const settle = (error: BaseError | undefined): void => this.#settle(error);
    if (call.settled) settle(call.error);
    else call.onSettled = settle;
    this.signal = callersSignal(given);
    if (this.signal !== undefined) this.#follow(this.signal);
  }

  get aborted(): boolean {
    return this.stopped !== undefined && !this.#isHeld;
  }

  get reason(): BaseError | undefined {
    return this.stopped;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#listener === undefined) {
      this.#listener = listener;
      return;
    }
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#listeners = this.#listeners?.filter((other) => other !== listener);
  }

  throwIfAborted(): void {
    if (this.stopped !== undefined) throw this.stopped;
  }

  /** Has something done when the request has ended, one way or the other. */
  atEnd(work: () => void): void {
    this.#atEnd ??= [];
    this.#atEnd.push(work);
  }

  /** Ends the request, because more came than it may bring. */
  exceed(limit: number): void {
    if (this.stopped !== undefined) return;
    this.call.fail(
      new APIError({
        code: ErrorCode.UPSTREAM_BAD_RESPONSE,
        message: `The answer is larger than ${limit} bytes; raise maxResponseBytes or stream it in parts.`,
        details: { pool: this.#pool, limit_bytes: limit },
      }),
    );
  }

  /** This as a signal of Node, for code that wants a whole one. */
  toSignal(): AbortSignal {
    const controller = new AbortController();
    const { signal } = controller;
    exchanges.set(signal, this);
    if (this.aborted) controller.abort(this.stopped);
    else this.addEventListener('abort', () => controller.abort(this.stopped));
    return signal;
  }

  /** Lets a request that has been stopped already start first, so that its end can be watched. */
  hold(): void {
    if (this.stopped === undefined) return;
    this.#isHeld = true;
    queueMicrotask(() => {
      this.#isHeld = false;
      this.#abort();
    });
  }

  #follow(signal: AbortSignal): void {
    const place = { pool: this.#pool, kind: 'http', operation: this.call.operation };
    if (typeof signal.addEventListener !== 'function') {
      this.call.fail(badArgument('The signal is none: use that of an AbortController.', place));
      return;
    }
    const onAbort = (): void => this.call.fail(cancelled(place, signal.reason));
    this.#onAbort = onAbort;
    signal.addEventListener('abort', onAbort, { once: true });
    if (this.call.settled) signal.removeEventListener('abort', onAbort);
    else if (signal.aborted) onAbort();
  }

  #settle(error: BaseError | undefined): void {
    if (this.#onAbort !== undefined) this.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#atEnd !== undefined) for (const work of this.#atEnd) work();
    if (error === undefined) {
      this.#listener = undefined;
      this.#listeners = undefined;
    }
    if (error === undefined || this.stopped !== undefined) return;
    this.stopped = error;
    this.#abort();
  }

  #abort(): void {
    const listeners = [this.#listener, ...(this.#listeners ?? [])];
    this.#listener = undefined;
    this.#listeners = undefined;
    for (const listener of listeners) listener?.();
  }
}

/** The exchanges that were given to somebody as real signals. */
const exchanges = new WeakMap<AbortSignal, HttpExchange>();

/** The exchange behind the signal of a request, where the request is one of ours. */
export function exchangeOf(signal: unknown): HttpExchange | undefined {
  return signal instanceof HttpExchange ? signal : exchanges.get(signal as AbortSignal);
}

/**
 * The signal that ends a request from outside. One that is made of the options of another, such as
 * the next page, has the signal of that one: it is over, and what its caller said still counts. One
 * that is made inside another ends with it.
 */
function callersSignal(given: AbortSignal | undefined): AbortSignal | undefined {
  let signal = given;
  for (let other = exchangeOf(signal); other?.call.settled; other = exchangeOf(signal)) {
    signal = other.signal;
  }
  return signal;
}
