import { ErrorCode } from '../codes/error-code.ts';
import { convertException } from '../convert/convert-exception.ts';
import type { BaseError } from '../error/base-error.ts';
import { SystemError } from '../error/classes.ts';
import type { Waiting } from './waiting.ts';

/** Limits that end a call of `retry` early: the caller's signal or the time limit. */
export class RetryLimits implements Waiting {
  /** Milliseconds on the clock of `performance.now()` after which no attempt may run. */
  readonly endsAt: number;
  readonly #timeoutMs: number;
  readonly #given: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #ended = Promise.withResolvers<never>();
  readonly #onAbort = () => {
    const { signal } = this.#controller;
    const reason: unknown = this.#given?.reason;
    if (!signal.aborted) this.#end(convertException(reason, { signal: this.#given }));
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The failure that the last attempt ended with. */
  lastError: BaseError | undefined;
  waitError: Waiting['waitError'];

  constructor(timeoutMs: number, given: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs;
    this.#given = given;
    this.endsAt = performance.now() + timeoutMs;
    // Nothing may be waiting for it when it rejects.
    this.#ended.promise.catch(() => undefined);
    if (given?.aborted) this.#onAbort();
    else given?.addEventListener('abort', this.#onAbort, { once: true });
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.#end(this.#lateError()), timeoutMs);
    }
  }

  /** Aborted with a coded error when the call ends early. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for an attempt, or for what ends the call. */
  race<T>(running: T | PromiseLike<T>): Promise<T> {
    return Promise.race([running, this.#ended.promise]);
  }

  /** Waits that long, or rejects once the call has ended. */
  async sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pause = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    try {
      await this.race(pause);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Releases the timer and the listener. */
  release(): void {
    clearTimeout(this.#timer);
    this.#given?.removeEventListener('abort', this.#onAbort);
  }

  #end(error: BaseError): void {
    this.#controller.abort(error);
    this.#ended.reject(error);
  }

  #lateError(): BaseError {
    const last = this.waitError?.() ?? this.lastError;
    const why = last === undefined ? '' : ` Last error: ${last.message}`;
    return new SystemError({
      code: ErrorCode.OPERATION_TIMEOUT,
      message: `The work did not succeed within ${this.#timeoutMs} ms, retries included.${why}`,
      details: { timeout_ms: this.#timeoutMs },
      originalError: last,
    });
  }
}
