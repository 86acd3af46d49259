import { type BaseError, ErrorCode } from '@map/errors/core';
import { bareHost, portOf } from '../../core/proxy.ts';
import {
  abortedError,
  badResponse,
  CONNECT_TIMEOUT,
  circuitError,
  deadlineError,
  egressError,
  type FetchPlace,
  type Phase,
  statusError,
  transportError,
} from '../errors/errors.ts';
import { isRedirect, MAX_REDIRECTS, redirected } from '../request/redirect.ts';
import type { OutgoingRequest } from '../request/request.ts';
import { type BodyOwner, hasNoBody, ResponseBody } from '../response/body.ts';
import { codingsOf } from '../response/decoder.ts';
import type { ResponseParts } from '../response/response.ts';
import type { Verdict } from '../retry/circuits.ts';
import { asksForRetry, requestedWaitMs, retryDelayMs } from '../retry/retry-policy.ts';
import type { Dispatchers } from '../wire/dispatchers.ts';
import { Exchange, type Head } from '../wire/exchange.ts';
import { Phases } from '../wire/phases.ts';
import { headerOf, listHeaders } from '../wire/response-headers.ts';
import { send } from '../wire/send.ts';
import type { CallOwner, CallRecord } from './call-owner.ts';
import { addHeaders } from './outgoing-headers.ts';
import type { Transport } from './transport.ts';

/** Methods that may be repeated if the first request may have been executed. */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

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
  #request: OutgoingRequest;
  #record: CallRecord | undefined;
  /** Set by the first attempt. */
  #transport!: Transport;
  #exchange: Exchange | undefined;
  #stopped: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;
  #isOver = false;
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
  }

  async run(): Promise<Response> {
    try {
      this.#record = this.#owner.begin(this.#request.method, (error) => this.#stop(error));
      this.#listen();
      addHeaders(this.#request.headers, this.#owner);
      return await this.#follow();
    } catch (error) {
      this.#end(this.#coded(error));
      throw error;
    }
  }

  /** For the abort event of the caller's signal; without a function for each call. */
  handleEvent({ target }: Event): void {
    this.#abort((target as AbortSignal).reason);
  }

  onBodyEnd(): void {
    this.#end(undefined);
  }

  onBodyFailure(error: unknown): unknown {
    const reason =
      this.#stopped === undefined
        ? transportError(error, this.#place(), true)
        : this.#stopped.reason;
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

  async #follow(): Promise<Response> {
    const { redirect } = this.#request;
    for (let hops = 0; ; hops++) {
      const head = await this.#sendRepeatedly();
      const location = isRedirect(head.status) ? headerOf(head.headers, 'location') : null;
      if (location === null || redirect === 'manual') return this.#respond(head, hops > 0);
      const place = this.#place();
      head.exchange.abort(new Error('A redirect is followed.'));
      if (redirect === 'error') throw badResponse(place, 'is a redirect, which `redirect` forbids');
      if (hops === MAX_REDIRECTS)
        throw badResponse(place, `exceeds the limit of ${MAX_REDIRECTS} redirects`);
      const next = redirected(this.#request, head.status, location);
      if (typeof next === 'string') throw badResponse(place, next);
      this.#request = next;
    }
  }

  async #sendRepeatedly(): Promise<Head> {
    this.#owner.budget.deposit();
    for (let attempt = 1; ; attempt++) {
      let head: Head | undefined;
      let failure: BaseError | undefined;
      try {
        head = await this.#attempt();
      } catch (error) {
        if (this.#stopped !== undefined) throw this.#stopped.reason;
        failure = this.#failed(error);
      }
      if (this.#stopped !== undefined) throw this.#stopped.reason;
      const delayMs = this.#repetitionDelay(attempt, head, failure);
      if (delayMs === undefined) {
        if (head === undefined) throw failure;
        return head;
      }
      const errorType = failure?.code ?? statusError(this.#place(), head?.status ?? 0).code;
      head?.exchange.abort(new Error('The request is repeated.'));
      const { method, url } = this.#request;
      this.#owner.onRetry({ method, host: url.host, attempt, delayMs, errorType });
      await this.#sleep(delayMs);
    }
  }

  #failed(error: unknown): BaseError {
    if ((error as { code?: unknown } | null)?.code === CONNECT_TIMEOUT) {
      return deadlineError(this.#place(), 'connect', this.#owner.connectTimeoutMs);
    }
    return transportError(error, this.#place(), false);
  }

  /** How long to wait before another attempt; undefined if there is to be none. */
  #repetitionDelay(
    attempt: number,
    head: Head | undefined,
    failure: BaseError | undefined,
  ): number | undefined {
    const { body, limits } = this.#request;
    if (attempt > limits.retries || body?.canRepeat === false) return undefined;
    let requested: number | undefined;
    if (head === undefined) {
      if (failure?.code === ErrorCode.CIRCUIT_OPEN) return undefined;
      const isKnownUndone = this.#exchange?.wasSent === false;
      if (failure?.retry === 'no' || !(isKnownUndone || this.#isRepeatable())) return undefined;
      requested = failure?.retryAfterMs;
    } else {
      if (head.status < 400 || !this.#isRepeatable()) return undefined;
      const headers = new Headers(listHeaders(head.headers));
      if (!asksForRetry(head.status, headers)) return undefined;
      requested = requestedWaitMs(head.status, headers, Date.now());
    }
    const delayMs = retryDelayMs(attempt, requested, limits);
    // An attempt that could not end in time would only hide the cause of the failure.
    if (delayMs === undefined || performance.now() + delayMs >= this.#phases.totalAt) {
      return undefined;
    }
    return this.#owner.budget.withdraw() ? delayMs : undefined;
  }

  #isRepeatable(): boolean {
    const { method, headers } = this.#request;
    // The providers' SDKs repeat every request to a model, and so does this in their place.
    const isModel = this.#owner.origin === 'llm';
    return isModel || idempotent.has(method) || headers.has('idempotency-key');
  }

  async #attempt(): Promise<Head> {
    const { url } = this.#request;
    this.#exchange = undefined;
    const reason = this.#owner.guard.refusesHost(url.hostname, portOf(url));
    if (reason !== undefined) throw egressError(this.#owner.pool, bareHost(url.hostname), reason);
    const loaded = this.#owner.transport();
    // The time that loading undici takes does not count against the attempt.
    this.#transport = loaded instanceof Promise ? await loaded : loaded;
    const { circuits, dispatchers } = this.#transport;
    if (this.#stopped !== undefined) throw this.#stopped.reason;
    if (circuits === undefined) return await this.#send(dispatchers);
    return await circuits.run(
      url.origin,
      () => this.#send(dispatchers),
      (head) => this.#verdict(head),
      (leftMs) => circuitError(this.#place(), leftMs),
    );
  }

  /** The effect of an attempt on the circuit of its server. */
  #verdict(head: Head | undefined): Verdict {
    if (head !== undefined) return head.status >= 500 ? 'failure' : 'success';
    return this.#stopped === undefined ? 'failure' : 'ignored';
  }

  #send(dispatchers: Dispatchers): Promise<Head> {
    const exchange = new Exchange(this.#phases, this.#request.limits);
    this.#exchange = exchange;
    return send(this.#request, dispatchers, exchange);
  }

  #respond(head: Head, wasRedirected: boolean): Response {
    const { exchange, headers, status, statusText } = head;
    const { method, limits, url } = this.#request;
    if (status >= 400) this.#statusFailure = statusError(this.#place(), status);
    const source = { url: withoutHash(url), redirected: wasRedirected, status };
    const init = { statusText, headers: listHeaders(headers) };
    this.#hasBegun = true;
    if (method === 'HEAD' || hasNoBody(status)) {
      exchange.abort(new Error('The response has no body.'));
      this.#end(undefined);
      return this.#transport.makeResponse(null, init, source);
    }
    const codings = codingsOf(headerOf(headers, 'content-encoding'));
    if (codings.length === 0) {
      if (Number(headerOf(headers, 'content-length')) > limits.maxResponseBytes) {
        exchange.abort(new Error('The response is too large.'));
        throw this.tooLarge();
      }
      if (exchange.hasEnded) return this.#respondWhole(exchange, init, source);
    }
    const body = new ResponseBody(exchange, codings, limits.maxResponseBytes, this);
    const response = this.#transport.makeResponse(body.stream, init, source);
    abandoned.register(response, body);
    return response;
  }

  #respondWhole(
    exchange: Exchange,
    init: ResponseParts,
    source: { readonly url: string; readonly redirected: boolean; readonly status: number },
  ): Response {
    const early = exchange.takeEarly();
    // The constructor of `Response` copies its arguments.
    const bytes = early.length === 1 ? (early[0] as Uint8Array) : Buffer.concat(early);
    if (bytes.byteLength > this.#request.limits.maxResponseBytes) throw this.tooLarge();
    this.#end(undefined);
    return this.#transport.makeResponse(bytes, init, source);
  }

  #listen(): void {
    for (const signal of this.#request.signals) {
      signal.addEventListener('abort', this as never, { once: true });
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
    else this.#exchange?.abort(error);
  }

  #abort(reason: unknown): void {
    this.#isAborted = true;
    this.#stop(reason);
  }

  #stop(reason: unknown): void {
    if (this.#isOver || this.#stopped !== undefined) return;
    this.#stopped = { reason };
    this.#exchange?.abort(reason);
    this.#wake?.();
  }

  async #sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    if (this.#stopped !== undefined) throw this.#stopped.reason;
  }

  #end(error: BaseError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#phases.end();
    for (const signal of this.#request.signals) signal.removeEventListener('abort', this as never);
    const failure = error ?? this.#statusFailure;
    if (failure === undefined) this.#record?.succeed();
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
    const { method, url } = this.#request;
    return {
      pool: this.#owner.pool,
      origin: this.#owner.origin,
      method,
      host: url.host,
      repeatable: this.#isRepeatable(),
    };
  }
}

/** Abandoned bodies would keep their sockets. */
const abandoned = new FinalizationRegistry<ResponseBody>((body) => {
  if (!body.wasRead && !body.stream.locked) body.leave();
});

function withoutHash(url: URL): string {
  if (url.hash === '') return url.href;
  const bare = new URL(url);
  bare.hash = '';
  return bare.href;
}
