import type { BaseError } from '@map/errors/core';
import type { Call } from './call.ts';
import { cancelled } from './coded.ts';

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
  #listeners: Set<() => void> | undefined = undefined;
  #listener: (() => void) | undefined = undefined;
  #onAbort: (() => void) | undefined = undefined;

  constructor(pool: string, call: Call, given: AbortSignal | undefined) {
    this.call = call;
    // A request made of the options of another one, such as a next page, has that one's exchange.
    const signal = isExchange(given) ? given.signal : given;
    this.signal = signal;
    if (signal !== undefined) {
      this.#onAbort = () =>
        call.fail(cancelled({ pool, kind: 'http', operation: call.operation }, signal.reason));
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
    if (call.settled) this.#settle(call.error);
    else call.onSettled = (error) => this.#settle(error);
    if (signal?.aborted) this.#onAbort?.();
  }

  get aborted(): boolean {
    return this.stopped !== undefined;
  }

  get reason(): BaseError | undefined {
    return this.stopped;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#listener === undefined) {
      this.#listener = listener;
      return;
    }
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
    else this.#listeners?.delete(listener);
  }

  throwIfAborted(): void {
    if (this.stopped !== undefined) throw this.stopped;
  }

  #settle(error: BaseError | undefined): void {
    if (this.#onAbort !== undefined) this.signal?.removeEventListener('abort', this.#onAbort);
    if (error === undefined || this.stopped !== undefined) return;
    this.stopped = error;
    const listeners = [this.#listener, ...(this.#listeners ?? [])];
    this.#listener = undefined;
    this.#listeners = undefined;
    for (const listener of listeners) listener?.();
  }
}

/** The exchange behind the signal of a request, where the request is one of ours. */
export function exchangeOf(signal: unknown): HttpExchange | undefined {
  return isExchange(signal) ? signal : undefined;
}

function isExchange(signal: unknown): signal is HttpExchange {
  return signal instanceof HttpExchange;
}
