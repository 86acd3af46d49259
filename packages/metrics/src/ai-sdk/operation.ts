import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type SpanAttributes,
  type SpanOptions,
  startSpan,
  type UnitSpan,
} from '@map/redaction/kernel';
import type { ReportedCall } from '../llm/call/call.ts';
import { type CostMeter, meterCost } from '../llm/call/cost-meter.ts';
import { isObserved } from '../llm/call/current-call.ts';
import { Leaving } from '../llm/call/leaving.ts';
import { LlmObserver } from '../llm/call/observer.ts';
import { fail, inSpan, type Recording } from '../llm/call/recording.ts';

/** How long an object may be generated, in milliseconds: its stream does not report that it was left. */
const MAX_REQUEST_MS = 1_800_000;

/** A request that is reported by its start and its end. */
interface OpenRequest {
  readonly observer: LlmObserver;
  readonly leaving: Leaving;
}

/**
 * One call of `generateText`, `streamText`, `embed` and the like. A stream is read in other contexts
 * than that of its call, so that each part runs in the context that the call had.
 */
export class Operation {
  readonly #recording: Recording;
  readonly #span: UnitSpan | undefined;
  readonly #meter: CostMeter;
  readonly #inside: <T>(run: () => T) => T;
  readonly #isObserved: boolean;
  /** That of the work around it. */
  readonly #signal: AbortSignal | undefined;
  readonly #requests = new Map<string, OpenRequest>();
  #step: UnitSpan | undefined;
  #ended: { readonly error: unknown } | undefined;
  #endLeft: ((error: unknown) => void) | undefined;

  /** The settings of its requests, if only its start names them. */
  readonly request: SpanAttributes;

  /** @param describe Describes its span; an operation that is one request has none. */
  constructor(
    recording: Recording,
    describe: (() => SpanOptions) | undefined,
    request: SpanAttributes,
  ) {
    this.#recording = recording;
    this.request = request;
    this.#isObserved = isObserved();
    this.#signal = recording.manager.signal;
    this.#span = describe && startSpan(describe);
    const [meter, inside] = inSpan(this.#span, () =>
      meterCost((own) => [own, AsyncLocalStorage.snapshot()] as const),
    );
    this.#meter = meter;
    this.#inside = inside;
  }

  /** Whether the application counts the requests itself, by `observeLlm` around the operation. */
  get isObserved(): boolean {
    return this.#isObserved;
  }

  /** Runs a part in the context of the operation, and in the span of the current step. */
  run<T>(run: () => T): T {
    return this.#inside(() => inSpan(this.#step ?? this.#span, run));
  }

  startStep(describe: () => SpanOptions): void {
    this.endStep();
    this.#step = this.run(() => startSpan(describe));
  }

  endStep(): void {
    this.#step?.end();
    this.#step = undefined;
  }

  failStep(error: unknown): void {
    if (this.#step !== undefined) fail(this.#step, error, this.#recording, this.#signal);
    this.endStep();
  }

  /** @param leave Ends the operation if nobody waits for the request any more. */
  startRequest(id: string, call: ReportedCall, leave: () => void): void {
    if (this.#isObserved) return;
    this.#endRequest(id)?.reading.failed({ type: 'retried' });
    // The context of a request cannot be set; its span is the child that it should be.
    const observer = this.run(() => new LlmObserver(call));
    const leaving = new Leaving(observer, leave);
    leaving.refresh(MAX_REQUEST_MS);
    this.#requests.set(id, { observer, leaving });
  }

  endRequest(id: string, response: unknown): void {
    this.#endRequest(id)?.reading.answer(response);
  }

  /** Ends a request whose stream was left as the operation ends, or has ended. */
  leave(error: unknown, end: (error: unknown) => void): void {
    if (this.#ended === undefined) this.#endLeft = end;
    else end(this.#ended.error ?? error);
  }

  /** Ends the operation; requests without an end have failed, and were made again. */
  end(): void {
    this.#ended = { error: undefined };
    this.#endLeft?.({ name: 'AbortError' });
    this.#failRequests({ type: 'retried' });
    this.endStep();
    this.#finish();
  }

  fail(error: unknown): void {
    this.#ended = { error };
    this.#endLeft?.(error);
    this.#failRequests(error);
    this.failStep(error);
    if (this.#span !== undefined) fail(this.#span, error, this.#recording, this.#signal);
    this.#finish();
  }

  #failRequests(error: unknown): void {
    for (const id of this.#requests.keys()) this.#endRequest(id)?.reading.failed(error);
  }

  #endRequest(id: string): LlmObserver | undefined {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    request?.leaving.stop();
    return request?.observer;
  }

  #finish(): void {
    if (this.#meter.usd > 0) this.#span?.set({ 'map.cost_usd': this.#meter.usd });
    this.#span?.end();
  }
}
