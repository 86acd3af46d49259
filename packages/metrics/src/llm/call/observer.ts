import { nowSeconds } from '../../common/clock.ts';
import type { Gauge } from '../../instruments/metric.ts';
import type { MetricsManager } from '../../manager/manager.ts';
import { getMetricsManager } from '../../manager/shared-manager.ts';
import { classify, isMismatch } from '../answer/failure.ts';
import { costOf } from '../usage/price.ts';
import type { LlmUsage } from '../usage/usage.ts';
import { addUsage } from '../usage/usage-sums.ts';
import { type LlmCall, labelsOf, type ReportedCall } from './call.ts';
import { type CallSpan, startCallSpan } from './call-span.ts';
import { addCost, type CostMeter, currentCostMeter } from './cost-meter.ts';
import { type OnLeft, type ReadCall, Reading } from './reading.ts';

/** Records one model call when each of its responses has ended. */
export class LlmObserver implements ReadCall {
  call: LlmCall;
  readonly span: CallSpan | undefined;
  readonly onLeft: OnLeft | undefined;
  /** The signal that can abort it. */
  readonly signal: AbortSignal | undefined;
  /** Of the work around it. */
  readonly meter: CostMeter | undefined = currentCostMeter();
  /** The first response. */
  readonly reading: Reading;
  readonly #manager: MetricsManager;
  readonly #start = nowSeconds();
  readonly #inFlight: Gauge;
  readonly #attribution: string | undefined;
  readonly #readings: Reading[] = [];
  #open = 0;
  /** When the response was whole, if the call waits for its usage since then. */
  #completed: { readonly seconds: number; readonly epochMs: number } | undefined;

  /** @param onLeft Ends the call when the receiver has left its stream before the end. */
  constructor(call: ReportedCall, onLeft?: OnLeft) {
    this.call = call;
    this.onLeft = onLeft;
    this.#manager = call.manager ?? getMetricsManager();
    this.#attribution = call.attribution ?? this.#manager.attribution;
    this.signal = call.signal ?? this.#manager.signal;
    this.#inFlight = this.#manager.metric('llm', 'inFlight');
    this.#inFlight.inc(labelsOf(call));
    const { operation = 'chat', request } = call;
    this.span = startCallSpan({ ...labelsOf(call), operation, request });
    this.reading = this.open();
  }

  /** Runs the call inside of its span, if it has one. */
  run<T>(run: () => T): T {
    return this.span === undefined ? run() : this.span.run(run);
  }

  /** Names the model, where only the response does. */
  rename(model: string): void {
    if (this.#open === 0 || model === this.call.model) return;
    this.#inFlight.dec(labelsOf(this.call));
    this.call = { ...this.call, model };
    this.#inFlight.inc(labelsOf(this.call));
  }

  /** Notes the end of a response whose usage is stated later. */
  complete(): void {
    this.#completed ??= { seconds: nowSeconds(), epochMs: Date.now() };
  }

  /** Ends a call that was no request after all, as a cache responded: it is not counted. */
  withdraw(): void {
    if (this.#open === 0) return;
    this.#open = 0;
    this.#inFlight.dec(labelsOf(this.call));
    this.span?.end({});
  }

  open(): Reading {
    const reading = new Reading(this);
    this.#readings.push(reading);
    this.#open++;
    return reading;
  }

  ended(): void {
    if (--this.#open !== 0) return;
    this.#inFlight.dec(labelsOf(this.call));
    // Exemplars are of the call's span.
    this.run(() => this.#record());
  }

  #record(): void {
    const end = this.#completed?.seconds ?? nowSeconds();
    const metrics = this.#manager;
    const labels = labelsOf(this.call);
    const failed = this.#readings.map(({ failure }) => failure).find((one) => one !== undefined);
    const isOnly = this.call.signal !== undefined;
    const failure = failed && classify(failed.error, this.signal, metrics.errorType, isOnly);
    const { operation = 'chat' } = this.call;
    const full = { ...labels, operation, status: failure?.status ?? 'success' };
    metrics.trackLlm('requests', full);
    metrics.trackLlm('duration', full, end - this.#start);
    if (failure?.status === 'error') {
      metrics.trackLlm('errors', { ...labels, error_type: failure.type });
    }
    const firstSeconds = this.#firstSeconds();
    if (firstSeconds !== undefined) metrics.trackLlm('timeToFirstToken', labels, firstSeconds);
    const requests = this.#readings.flatMap((reading) => reading.requests);
    const usage = addUsage(requests);
    if (usage === undefined && (failure?.status !== 'error' || isMismatch(failed?.error))) {
      metrics.trackLlm('requestsWithoutUsage', labels);
    }
    const costUsd = this.#recordModels(requests);
    if (failure === undefined) this.#recordPace();
    this.span?.end({
      failure: failure && { ...failure, error: failed?.error },
      usage,
      costUsd,
      firstSeconds,
      epochMs: this.#completed?.epochMs,
    });
  }

  #firstSeconds(): number | undefined {
    const times = this.#readings.map(({ first }) => first).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times) - this.#start;
  }

  /** Records the tokens and the cost of each model, and returns the cost. */
  #recordModels(requests: readonly LlmUsage[]): number | undefined {
    const costs = [...new Set(requests.map(({ model }) => model))].map((model) => {
      const own = requests.filter((one) => one.model === model);
      const call = model === undefined ? this.call : { ...this.call, model };
      const usage = addUsage(own);
      if (usage !== undefined) this.#recordUsage(usage, labelsOf(call));
      return this.#recordCost(own, call);
    });
    return sumOf(costs);
  }

  #recordUsage(usage: LlmUsage, labels: ReturnType<typeof labelsOf>): void {
    const metrics = this.#manager;
    for (const type of ['prompt', 'completion'] as const) {
      if (type === 'completion' && usage.completion === 0) continue;
      metrics.trackLlm('tokens', { ...labels, type }, usage[type]);
      metrics.trackLlm('requestTokens', { ...labels, type }, usage[type]);
    }
    const details = [
      ['cache_read', usage.cacheRead],
      ['cache_write', usage.cacheWrite],
      ['reasoning', usage.reasoning],
    ] as const;
    for (const [detail, tokens] of details) {
      if (tokens > 0) metrics.trackLlm('tokenDetails', { ...labels, detail }, tokens);
    }
  }

  /** Records the cost of the requests, each with its own: a price may depend on its size. */
  #recordCost(requests: readonly LlmUsage[], call: LlmCall): number | undefined {
    const labels = labelsOf(call);
    const costs = requests.map((one) => knownCost(one, call));
    const unknown = costs.filter((cost) => cost === undefined).length;
    if (unknown > 0 && call.prices) this.#manager.trackLlm('costUnknown', labels, unknown);
    const cost = sumOf(costs);
    if (cost === undefined) return undefined;
    this.#manager.trackLlm('cost', { ...labels, attribution: this.#attribution }, cost);
    addCost(this.meter, cost);
    return cost;
  }

  #recordPace(): void {
    for (const reading of this.#readings) {
      if (reading.first === undefined) continue;
      // The output of an advisor is not streamed.
      const usage = addUsage(reading.requests.filter(({ model }) => model === undefined));
      const seconds = usage && reading.secondsPerToken(usage);
      if (seconds !== undefined) {
        this.#manager.trackLlm('timePerOutputToken', labelsOf(this.call), seconds);
      }
    }
  }
}

function knownCost(usage: LlmUsage, call: LlmCall): number | undefined {
  try {
    const cost = costOf(usage, call);
    // Prices that a file has as null or as text make no number.
    return typeof cost === 'number' && cost >= 0 && cost < Infinity ? cost : undefined;
  } catch {
    // A price function that throws gives no cost.
    return undefined;
  }
}

function sumOf(costs: readonly (number | undefined)[]): number | undefined {
  const known = costs.filter((cost) => cost !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b);
}
