import type { BaseError } from '@map/errors/core';
import { bareHost, portOf } from '../../core/proxy.ts';
import {
  bodyError,
  circuitError,
  deadlineError,
  egressError,
  isConnectTimeout,
  statusError,
  transportError,
} from '../errors/errors.ts';
import { BodySourceError } from '../request/body-source.ts';
import type { OutgoingRequest } from '../request/request.ts';
import type { Circuit, Passage, Verdict } from '../retry/circuits.ts';
import { Exchange, type Head } from '../wire/exchange.ts';
import type { Phases } from '../wire/phases.ts';
import { send } from '../wire/send.ts';
import type { CallOwner } from './call-owner.ts';
import { placeOf } from './place.ts';
import { repetitionDelay } from './repetition.ts';
import type { Transport } from './transport.ts';

/** The attempts of one call: a request is sent, and again where its limits and the budget allow. */
export class Attempts {
  /** Why the call has ended before its response. */
  stopped: { readonly reason: unknown } | undefined;
  /** Set by the first attempt. */
  transport!: Transport;
  readonly #owner: CallOwner;
  readonly #phases: Phases;
  #exchange: Exchange | undefined;
  #wake: (() => void) | undefined;
  /** The circuit of the server, and the passage of the attempt in flight. */
  #circuit: Circuit | undefined;
  #passage: Passage | undefined;

  constructor(owner: CallOwner, phases: Phases) {
    this.#owner = owner;
    this.#phases = phases;
  }

  /**
   * Sends one request.
   *
   * @returns The last status and its headers.
   * @throws The reason of `stop`, or the error of the last attempt.
   */
  async send(request: OutgoingRequest): Promise<Head> {
    this.#owner.budget.deposit();
    for (let attempt = 1; ; attempt++) {
      let head: Head | undefined;
      let failure: BaseError | undefined;
      let verdict: Verdict = 'failure';
      try {
        head = await this.#attempt(request);
        if (head.status < 500) verdict = 'success';
      } catch (error) {
        if (this.stopped === undefined) failure = this.#failed(error, request);
        if (failure === undefined || error instanceof BodySourceError) verdict = 'ignored';
      }
      if (this.#passage !== undefined) this.#circuit?.leave(this.#passage, verdict);
      this.#throwIfStopped();
      if (head !== undefined && head.status < 400) return head;
      const ended = { attempt, head, failure, mayBeDone: this.#exchange?.wasSent !== false };
      const delayMs = repetitionDelay(ended, this.#owner, request, this.#phases.totalAt);
      if (delayMs === undefined) {
        if (head === undefined) throw failure;
        return head;
      }
      head?.exchange.abort(new Error('The request is repeated.'));
      await this.#wait(ended, request, delayMs);
    }
  }

  /** Ends the attempt in flight, which may be followed by another. */
  abort(error: unknown): void {
    this.#exchange?.abort(error);
  }

  /** Ends the attempt in flight, and makes no other. */
  stop(reason: unknown): void {
    if (this.stopped !== undefined) return;
    this.stopped = { reason };
    this.#exchange?.abort(reason);
    this.#wake?.();
  }

  // Not `async`, like `#over`: each frame would cost a call another promise.
  #attempt(request: OutgoingRequest): Promise<Head> {
    const { url } = request.target;
    const { guard, pool } = this.#owner;
    this.#exchange = undefined;
    this.#passage = undefined;
    const reason = guard.isOpen ? undefined : guard.refusesHost(url.hostname, portOf(url));
    if (reason !== undefined) throw egressError(pool, bareHost(url.hostname), reason);
    const loaded = this.#owner.transport();
    // The time that loading undici takes does not count against the attempt.
    if (!(loaded instanceof Promise)) return this.#over(loaded, request);
    return loaded.then((transport) => this.#over(transport, request));
  }

  #over(transport: Transport, request: OutgoingRequest): Promise<Head> {
    this.transport = transport;
    this.#throwIfStopped();
    this.#circuit = transport.circuits?.of(request.target.origin);
    const entered = this.#circuit?.enter();
    if (typeof entered === 'number') throw circuitError(placeOf(this.#owner, request), entered);
    this.#passage = entered;
    this.#exchange = new Exchange(this.#phases, request.limits);
    return send(request, transport.dispatchers, this.#exchange);
  }

  #failed(error: unknown, request: OutgoingRequest): BaseError {
    const place = placeOf(this.#owner, request);
    if (error instanceof BodySourceError) return bodyError(error.cause, place);
    if (isConnectTimeout(error)) {
      return deadlineError(place, 'connect', this.#owner.connectTimeoutMs);
    }
    return transportError(error, place, false);
  }

  async #wait(
    {
      attempt,
      head,
      failure,
    }: { attempt: number; head: Head | undefined; failure: BaseError | undefined },
    request: OutgoingRequest,
    delayMs: number,
  ): Promise<void> {
    const { method, target } = request;
    const place = placeOf(this.#owner, request);
    const errorType = failure?.code ?? statusError(place, head?.status ?? 0).code;
    this.#owner.onRetry({ method, host: target.url.host, attempt, delayMs, errorType });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    this.#throwIfStopped();
  }

  #throwIfStopped(): void {
    if (this.stopped !== undefined) throw this.stopped.reason;
  }
}
