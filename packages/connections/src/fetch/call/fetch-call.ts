import type { BaseError } from '@map/errors/core';
import {
  abortedError,
  badResponse,
  deadlineError,
  type FetchPlace,
  type Phase,
  statusError,
  transportError,
} from '../errors/errors.ts';
import { isRedirect, MAX_REDIRECTS, redirected } from '../request/redirect.ts';
import type { OutgoingRequest } from '../request/request.ts';
import type { BodyOwner } from '../response/body.ts';
import type { Head } from '../wire/exchange.ts';
import { Phases } from '../wire/phases.ts';
import { headerOf } from '../wire/response-headers.ts';
import { Attempts } from './attempts.ts';
import type { CallOwner, CallRecord } from './call-owner.ts';
import { isForeignPage } from './foreign-page.ts';
import { addHeaders } from './outgoing-headers.ts';
import { placeOf } from './place.ts';

/**
 * One call of `fetch`, from its arguments to the end of its body.
 *
 * Attempts are repeated inside a hop, hops follow one another until a response is not a redirect, and
 * the record of the call ends with the body. Whatever ends the call early, a deadline, the caller's
 * signal or a shutdown, comes in through `#stop`.
 */
export class FetchCall implements BodyOwner {
  readonly #owner: CallOwner;
  readonly #phases: Phases;
  readonly #attempts: Attempts;
  #request: OutgoingRequest;
  #record: CallRecord | undefined;
  #isOver = false;
  /** Listens to the signals of the caller; Node keeps an object that listens until a full collection. */
  readonly #onAbort = ({ target }: Event): void => this.#abort((target as AbortSignal).reason);
  /** Whether the signal of the caller ended the call. */
  #isAborted = false;
  #hasBegun = false;
  /** The error of a status that reports a failure, for the record. */
  #statusFailure: BaseError | undefined;

  constructor(owner: CallOwner, request: OutgoingRequest) {
    this.#owner = owner;
    this.#request = request;
    const totalMs = request.limits.timeoutMs ?? Number.POSITIVE_INFINITY;
    this.#phases = new Phases(owner.deadlines, totalMs, (phase, limitMs) =>
      this.#expire(phase, limitMs),
    );
    this.#attempts = new Attempts(owner, this.#phases);
  }

  async run(): Promise<Response> {
    try {
      this.#record = this.#owner.begin(this.#request.method, (error) => this.#stop(error));
      this.#listen();
      addHeaders(this.#request.headers, this.#owner);
      for (let hops = 0; ; hops++) {
        const head = await this.#attempts.send(this.#request);
        const location = isRedirect(head.status) ? headerOf(head.headers, 'location') : null;
        if (location === null || this.#request.redirect === 'manual') {
          return this.#respond(head, hops > 0);
        }
        this.#request = this.#redirected(head, location, hops);
      }
    } catch (error) {
      this.#attempts.abort(error);
      this.#end(this.#coded(error));
      throw error;
    }
  }

  onBodyEnd(): void {
    this.#end(undefined);
  }

  onBodyFailure(error: unknown): unknown {
    const { stopped } = this.#attempts;
    const reason =
      stopped === undefined ? transportError(error, this.#place(), true) : stopped.reason;
    this.#end(this.#coded(reason));
    return reason;
  }

  tooLarge(): BaseError {
    const { maxResponseBytes } = this.#request.limits;
    const what = `is larger than ${maxResponseBytes} bytes (maxResponseBytes)`;
    return this.#endWith(badResponse(this.#place(), what));
  }

  undecodable(error: Error): BaseError {
    return this.#endWith(badResponse(this.#place(), 'cannot be decompressed', error));
  }

  /** The request that a redirect asks for. */
  #redirected(head: Head, location: string, hops: number): OutgoingRequest {
    const place = this.#place();
    head.exchange.abort(new Error('A redirect is followed.'));
    if (this.#request.redirect === 'error') {
      throw badResponse(place, 'is a redirect, which `redirect` forbids');
    }
    if (hops === MAX_REDIRECTS) {
      throw badResponse(place, `exceeds the limit of ${MAX_REDIRECTS} redirects`);
    }
    const next = redirected(this.#request, head.status, location);
    if (typeof next === 'string') throw badResponse(place, next);
    return next;
  }

  #respond(head: Head, wasRedirected: boolean): Response {
    if (isForeignPage(head, this.#request, this.#owner.origin)) {
      throw badResponse(this.#place(), 'is a web page, such as that of a proxy or of a login');
    }
    if (head.status >= 400) this.#statusFailure = statusError(this.#place(), head.status);
    this.#hasBegun = true;
    return this.#attempts.transport.respond(head, this.#request, wasRedirected, this);
  }

  #listen(): void {
    for (const signal of this.#request.signals) {
      signal.addEventListener('abort', this.#onAbort, { once: true });
      if (signal.aborted) {
        this.#abort(signal.reason);
        throw signal.reason;
      }
    }
  }

  #expire(phase: Phase, limitMs: number): void {
    const error = deadlineError(this.#place(), phase, limitMs);
    if (phase === 'total' || this.#hasBegun) this.#stop(error);
    // An attempt that ran out of time may be followed by another.
    else this.#attempts.abort(error);
  }

  #abort(reason: unknown): void {
    this.#isAborted = true;
    this.#stop(reason);
  }

  #stop(reason: unknown): void {
    if (!this.#isOver) this.#attempts.stop(reason);
  }

  #end(error: BaseError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#phases.end();
    for (const signal of this.#request.signals) signal.removeEventListener('abort', this.#onAbort);
    const failure = error ?? this.#statusFailure;
    if (failure === undefined) this.#record?.succeed(undefined);
    else this.#record?.fail(failure);
  }

  #endWith(error: BaseError): BaseError {
    this.#end(error);
    return error;
  }

  /** The error of the record, which has a code where the caller gets the reason of its signal. */
  #coded(error: unknown): BaseError {
    if (this.#isAborted) return abortedError(this.#place(), error);
    return transportError(error, this.#place(), false);
  }

  #place(): FetchPlace {
    return placeOf(this.#owner, this.#request);
  }
}
