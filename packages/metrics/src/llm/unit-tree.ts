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

/**
 * How long a chain may be quiet after one of its requests was left, in milliseconds: a chain that is
 * left with it reports nothing more, one that makes the request again does.
 */
const MAX_QUIET_MS = 60_000;

const LEFT = { name: 'AbortError' };

/** A unit that has started. */
interface Unit {
  readonly id: string;
  /** Its span, or that of the unit around it. */
  readonly span: UnitSpan | undefined;
  readonly isOwnSpan: boolean;
  /** Adds up the cost of its requests, if it has its own span. */
  readonly meter: CostMeter | undefined;
  readonly request?: OpenRequest | undefined;
  /** The unit around it. */
  readonly around?: Unit | undefined;
  /** Whether a request within may wait for its end. */
  readonly holds?: boolean | undefined;
  /** The id of the request that waits for its end. */
  held?: string | undefined;
  /** That of its last request, which tells a deadline from an abort. */
  signal?: AbortSignal | undefined;
  /** Of the outermost unit: how much has happened within. */
  events: number;
}

const OUTSIDE: Unit = { id: '', span: undefined, isOwnSpan: false, meter: undefined, events: 0 };

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

  /**
   * Starts a unit, with a span if it is described.
   *
   * @param holds Whether a request within may wait for its end, see `hold`.
   */
  start(
    id: string,
    parent: string | null | undefined,
    describe?: () => SpanOptions,
    holds?: boolean,
  ): void {
    if (this.#units.has(id)) return;
    const around = this.#around(parent);
    const span = describe && inSpan(around.span, () => startSpan(describe));
    const isOwnSpan = span !== undefined;
    const outer = around.meter ?? currentCostMeter();
    const meter = isOwnSpan ? { usd: 0, around: outer } : around.meter;
    this.#add({ id, span: span ?? around.span, isOwnSpan, meter, around, holds, events: 0 });
  }

  /** Starts a request to a model; one inside of `observeLlm` is counted there. */
  startRequest(id: string, parent: string | null | undefined, call: ReportedCall): void {
    if (this.#units.has(id)) return;
    const around = this.#around(parent);
    const { span, meter } = around;
    if (isObserved()) {
      this.#add({ ...around, id, isOwnSpan: false, around });
      return;
    }
    const observe = () => inSpan(span, () => new LlmObserver({ ...call, ...this.recording }));
    const observer = meter === undefined ? observe() : inMeter(meter, observe);
    // A stream that its reader has left reports no abort.
    const leaving = new Leaving(observer, () => this.#leave(id));
    const { signal } = call;
    for (let unit: Unit = around; unit !== OUTSIDE; unit = unit.around ?? OUTSIDE) {
      unit.signal = signal;
    }
    this.#add({ ...around, id, isOwnSpan: false, around, request: { observer, leaving } });
  }

  /** Records that a part of a streamed response was read. */
  read(id: string, hasContent: boolean | undefined): void {
    const unit = this.#units.get(id);
    const request = unit?.request;
    if (unit === undefined || request === undefined) return;
    outermost(unit).events++;
    if (hasContent) request.observer.reading.output();
    request.leaving.refresh();
  }

  /**
   * Lets a request wait for the end of a unit around it, which may have its usage; the one that waited
   * before ends.
   *
   * @returns Whether that unit has started, and holds requests.
   */
  hold(id: string, around: string | null): boolean {
    const unit = around === null ? undefined : this.#units.get(around);
    if (unit?.holds !== true) return false;
    if (unit.held !== undefined) this.end(unit.held);
    unit.held = id;
    return true;
  }

  /** The request that waits for the end of a unit. */
  held(id: string): LlmObserver | undefined {
    const held = this.#units.get(id)?.held;
    return held === undefined ? undefined : this.request(held);
  }

  /**
   * Ends a unit; has no effect on an ended or unknown one.
   *
   * @param epochMs When it ended, in milliseconds since 1970; now by default.
   */
  end(id: string, epochMs?: number): void {
    const unit = this.#units.get(id);
    if (unit === undefined) return;
    outermost(unit).events++;
    this.#units.delete(id);
    if (unit.held !== undefined) this.end(unit.held, epochMs);
    if (unit.request !== undefined) endRequest(unit.request);
    if (!unit.isOwnSpan) return;
    const { span, meter } = unit;
    if (meter !== undefined && meter.usd > 0) span?.set({ 'map.cost_usd': meter.usd });
    span?.end(epochMs);
  }

  /** Ends a unit with its failure. */
  fail(id: string, error: unknown, epochMs?: number): void {
    const unit = this.#units.get(id);
    unit?.request?.observer.reading.failed(error);
    if (unit?.isOwnSpan && unit.span !== undefined) {
      fail(unit.span, error, this.recording, unit.signal);
    }
    this.end(id, epochMs);
  }

  /** Ends a request that was left, and the chain around it if that was left too. */
  #leave(id: string): void {
    const unit = this.#units.get(id);
    if (unit === undefined) return;
    const epochMs = Date.now();
    this.fail(id, LEFT);
    const root = outermost(unit);
    if (root === unit) return;
    const { events } = root;
    const check = () => {
      if (root.events !== events || !this.#units.has(root.id)) return;
      const units = [...this.#units.values()].filter((one) => outermost(one) === root);
      // A request without news, or a tool, may run in parallel.
      const isBusy = units.some(
        (one) => one.request !== undefined || (one !== root && one.isOwnSpan),
      );
      if (isBusy) setTimeout(check, MAX_QUIET_MS).unref();
      else for (const one of units.reverse()) this.fail(one.id, LEFT, epochMs);
    };
    setTimeout(check, MAX_QUIET_MS).unref();
  }

  #around(parent: string | null | undefined): Unit {
    return (typeof parent === 'string' ? this.#units.get(parent) : undefined) ?? OUTSIDE;
  }

  #add(unit: Unit): void {
    outermost(unit).events++;
    this.#units.set(unit.id, unit);
    if (this.#units.size <= MAX_OPEN) return;
    const [oldest] = this.#units.keys();
    if (oldest !== undefined) this.fail(oldest, LEFT);
  }
}

function outermost(unit: Unit): Unit {
  let at = unit;
  while (at.around !== undefined && at.around !== OUTSIDE) at = at.around;
  return at;
}

function endRequest({ observer, leaving }: OpenRequest): void {
  leaving.stop();
  observer.reading.end();
}
