import { APIError, type BaseError, ErrorCode } from '@map/errors/core';
import type { Options } from 'got';
import { checkSignal } from '../core/check-options.ts';
import { cancelledError } from '../core/errors.ts';
import type { Operation } from '../core/operation.ts';

/** Maps the options of a request to its exchange; got keeps `context` over retries and redirects. */
const exchangeKey = Symbol('map.connections.exchange');

/** One request with all its attempts and redirects: its operation, and the signal that ends it. */
export class Exchange {
  readonly operation: Operation;
  readonly #pool: string;
  readonly #controller: AbortController = new AbortController();
  /** The signal of the caller. */
  readonly #given: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;
  readonly #atEnd: (() => void)[] = [];

  /**
   * Starts to watch a request: it aborts when the operation fails, and the operation fails when the
   * caller's signal aborts.
   *
   * @param options - The options of the request; its signal and context are replaced.
   */
  constructor(pool: string, operation: Operation, options: Options | undefined) {
    this.#pool = pool;
    this.operation = operation;
    const previous = exchangeOf(options);
    // The next page of a pagination has the signal of the previous page, which no longer follows the caller.
    const isNextPage = previous?.operation.settled && options?.signal === previous.signal;
    this.#given = isNextPage ? previous.#given : options?.signal;
    if (options !== undefined) {
      options.signal = this.signal;
      (options.context as Record<symbol, unknown>)[exchangeKey] = this;
    }
    this.#follow();
    const settle = (error: BaseError | undefined): void => this.#settle(error);
    if (!operation.settled) operation.onSettled = settle;
    // A stream has to start first, so that its end can be watched.
    else if (options?.isStream) queueMicrotask(() => this.#settle(operation.error));
    else this.#settle(operation.error);
  }

  /** Aborts when the operation has failed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Calls `work` when the request has ended, with or without success. */
  atEnd(work: () => void): void {
    this.#atEnd.push(work);
  }

  /** Ends the request, because its response is larger than it may be. */
  exceed(limit: number): void {
    this.operation.fail(
      new APIError({
        code: ErrorCode.UPSTREAM_BAD_RESPONSE,
        message: `The response is larger than ${limit} bytes. Raise maxResponseBytes, or request it in parts.`,
        details: { pool: this.#pool, limit_bytes: limit },
      }),
    );
  }

  #follow(): void {
    const signal = this.#given;
    if (signal === undefined || this.operation.settled) return;
    const { name: operation, repeatable } = this.operation;
    const place = { pool: this.#pool, kind: 'http', operation, repeatable };
    const onAbort = (): void => this.operation.fail(cancelledError(place, signal.reason));
    try {
      checkSignal(signal);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
      this.#onAbort = onAbort;
    } catch (error) {
      this.operation.fail(error);
    }
  }

  #settle(error: BaseError | undefined): void {
    if (this.#onAbort !== undefined) this.#given?.removeEventListener('abort', this.#onAbort);
    for (const work of this.#atEnd) work();
    if (error !== undefined) this.#controller.abort(error);
  }
}

/** The exchange of a request, by its options; undefined if the request is not one of ours. */
export function exchangeOf(options: Pick<Options, 'context'> | undefined): Exchange | undefined {
  return (options?.context as Record<symbol, Exchange | undefined> | undefined)?.[exchangeKey];
}
