import type { Dispatcher } from 'undici';
import type { Phases } from './phases.ts';
import type { RawHeaders } from './response-headers.ts';

type Controller = Dispatcher.DispatchController;

/** The status line and the headers of a response. */
export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawHeaders;
  readonly exchange: Exchange;
}

/** Takes the body of a response, as it comes from the socket. */
export interface BodySink {
  onChunk(chunk: Uint8Array): void;
  onEnd(): void;
  onFailure(error: unknown): void;
}

/** Limits of one attempt, in milliseconds. */
export interface AttemptLimits {
  readonly connectTimeoutMs: number | undefined;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/**
 * One request on the wire and its response: undici calls this as the bytes arrive.
 *
 * The caller that awaits the status continues when undici has read what the socket had. A small
 * response has then arrived whole: its body needs no stream, and its call no deadline between chunks.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Settles with the status, or with what kept it from coming. */
  readonly head: Promise<Head>;
  /** Whether the request had a socket: it may have been carried out. */
  wasSent: boolean = false;
  /** Whether the whole body has arrived. */
  hasEnded: boolean = false;
  readonly #phases: Phases;
  readonly #limits: AttemptLimits;
  #resolve!: (head: Head) => void;
  #reject!: (error: unknown) => void;
  #controller: Controller | undefined;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #early: Uint8Array[] = [];
  #sink: BodySink | undefined;
  #isPaused = false;

  constructor(phases: Phases, limits: AttemptLimits) {
    this.#phases = phases;
    this.#limits = limits;
    this.head = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { connectTimeoutMs, firstByteTimeoutMs } = limits;
    if (connectTimeoutMs !== undefined && connectTimeoutMs < firstByteTimeoutMs) {
      phases.enter('connect', connectTimeoutMs);
    } else phases.enter('first_byte', firstByteTimeoutMs);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#failure !== undefined) {
      controller.abort(toError(this.#failure.error));
      return;
    }
    this.wasSent = true;
    if (this.#limits.connectTimeoutMs !== undefined) {
      this.#phases.enter('first_byte', this.#limits.firstByteTimeoutMs);
    }
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    headers: RawHeaders,
    statusText = '',
  ): void {
    if (status < 200 || this.#isOver) return;
    this.#resolve({ status, statusText, headers, exchange: this });
  }

  onResponseData(_controller: Controller, chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#sink === undefined) {
      this.#early.push(chunk);
      return;
    }
    this.#phases.touch();
    this.#sink.onChunk(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.hasEnded = true;
    this.#isOver = true;
    this.#phases.pause();
    this.#sink?.onEnd();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.fail(this.#failure === undefined ? error : this.#failure.error);
  }

  /** Ends the exchange: its socket is closed, callers that wait get the error. */
  abort(error: unknown): void {
    if (this.#isOver) return;
    this.#failure ??= { error };
    // Without a controller the request still waits for a socket; it ends when it gets one.
    this.#controller?.abort(toError(error));
    this.fail(error);
  }

  /** Notes that undici did not take the request, or that it failed. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure ??= { error };
    this.#phases.pause();
    if (this.#sink !== undefined) this.#sink.onFailure(error);
    else this.#reject(error);
  }

  /** The bytes that arrived before the body was requested. */
  takeEarly(): readonly Uint8Array[] {
    const early = this.#early;
    this.#early = [];
    return early;
  }

  /** Passes on the rest of the body as it arrives. */
  attach(sink: BodySink): void {
    this.#sink = sink;
    if (!this.#isOver) this.#phases.enter('idle', this.#limits.idleTimeoutMs);
    for (const chunk of this.takeEarly()) sink.onChunk(chunk);
    if (this.hasEnded) sink.onEnd();
    else if (this.#failure !== undefined) sink.onFailure(this.#failure.error);
  }

  /** Lets the other side wait: nothing is read for the time being. */
  pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#phases.pause();
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#isOver) return;
    this.#phases.enter('idle', this.#limits.idleTimeoutMs);
    this.#controller?.resume();
  }

  /** Whether it has ended, one way or the other. */
  get isOver(): boolean {
    return this.#isOver;
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The request was aborted.');
}
