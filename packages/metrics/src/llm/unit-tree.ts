import { type SpanOptions, startSpan, type UnitSpan } from '@map/redaction/kernel';
import type { RecordingOptions, ReportedCall } from './call/call.ts';
import { type CostMeter, currentCostMeter, inMeter } from './call/cost-meter.ts';
import { isObserved } from './call/current-call.ts';
import { Leaving } from './call/leaving.ts';
import { LlmObserver } from './call/observer.ts';
import { fail, inSpan, MAX_OPEN, type Recording, recordingOf } from './call/recording.ts';

/** A request that has started. */
interface OpenRequest {
  readonly observer: LlmObserver;
  readonly leaving: Leaving;
}

/** A unit that has started. */
interface Unit {
  /** Its span, or that of the unit around it. */
  readonly span: UnitSpan | undefined;
  readonly isOwnSpan: boolean;
  /** Adds up the cost of its requests, if it has its own span. */
  readonly meter: CostMeter | undefined;
  readonly request?: OpenRequest | undefined;
  /** The unit around it. */
  readonly around?: Unit | undefined;
  /** That of its last request, which tells a deadline from an abort. */
  signal?: AbortSignal | undefined;
}

const OUTSIDE: Unit = { span: undefined, isOwnSpan: false, meter: undefined };

/**
 * The units of a framework that reports each by its start and its end, under an id: nothing can be
 * run inside of their spans, so that parents are found by their ids.
 */
export class UnitTree {
  readonly #options: RecordingOptions;
  readonly #units = new Map<string, Unit>();

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /** The recorder of units. */
  get recording(): Recording {
    return recordingOf(this.#options);
  }

  /** The request with this id, if it counts. */
  request(id: string): LlmObserver | undefined {
    return this.#units.get(id)?.request?.observer;
  }

  /** Starts a unit, with a span if it is described. */
  start(id: string, parent: string | null | undefined, describe?: () => SpanOptions): void {
    if (this.#units.has(id)) return;
    const around = this.#around(parent);
    const span = describe && inSpan(around.span, () => startSpan(describe));
    const isOwnSpan = span !== undefined;
    const outer = around.meter ?? currentCostMeter();
    const meter = isOwnSpan ? { usd: 0, around: outer } : around.meter;
    this.#add(id, { span: span ?? around.span, isOwnSpan, meter, around });
  }

  /** Starts a request to a model; one inside of `observeLlm` is counted there. */
  startRequest(id: string, parent: string | null | undefined, call: ReportedCall): void {
    if (this.#units.has(id)) return;
    const around = this.#around(parent);
    const { span, meter } = around;
    if (isObserved()) {
      this.#add(id, { ...around, isOwnSpan: false });
      return;
    }
    const observe = () => inSpan(span, () => new LlmObserver({ ...call, ...this.recording }));
    const observer = meter === undefined ? observe() : inMeter(meter, observe);
    // A stream that its reader has left reports no abort.
    const leaving = new Leaving(observer, () => this.fail(id, { name: 'AbortError' }));
    const { signal } = call;
    for (let unit: Unit = around; unit !== OUTSIDE; unit = unit.around ?? OUTSIDE) {
      unit.signal = signal;
    }
    this.#add(id, { ...around, isOwnSpan: false, request: { observer, leaving } });
  }

  /** Records that a part of a streamed response was read. */
  read(id: string, hasContent: boolean | undefined): void {
    const request = this.#units.get(id)?.request;
    if (request === undefined) return;
    if (hasContent) request.observer.reading.output();
    request.leaving.refresh();
  }

  /** Ends a unit; has no effect on an ended or unknown one. */
  end(id: string): void {
    const unit = this.#units.get(id);
    if (unit === undefined) return;
    this.#units.delete(id);
    if (unit.request !== undefined) endRequest(unit.request);
    if (!unit.isOwnSpan) return;
    const { span, meter } = unit;
    if (meter !== undefined && meter.usd > 0) span?.set({ 'map.cost_usd': meter.usd });
    span?.end();
  }

  /** Ends a unit with its failure. */
  fail(id: string, error: unknown): void {
    const unit = this.#units.get(id);
    unit?.request?.observer.reading.failed(error);
    if (unit?.isOwnSpan && unit.span !== undefined) {
      fail(unit.span, error, this.recording, unit.signal);
    }
    this.end(id);
  }

  #around(parent: string | null | undefined): Unit {
    return (typeof parent === 'string' ? this.#units.get(parent) : undefined) ?? OUTSIDE;
  }

  #add(id: string, unit: Unit): void {
    this.#units.set(id, unit);
    if (this.#units.size <= MAX_OPEN) return;
    const [oldest] = this.#units.keys();
    if (oldest !== undefined) this.fail(oldest, { name: 'AbortError' });
  }
}

function endRequest({ observer, leaving }: OpenRequest): void {
  leaving.stop();
  observer.reading.end();
}
