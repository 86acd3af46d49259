import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';
import type { RejectReason } from '../instruments/manager-state.ts';

type EventLoopUtilization = typeof performance.eventLoopUtilization;

/** Returns a metric about metrics. */
type SelfInstrument = (key: keyof Catalogue['self']) => AnyInstrument;

/** The metrics about the process and about the metrics themselves: category `self`. */
export class SelfMetrics {
  readonly #instrument: SelfInstrument;
  #utilization: ReturnType<EventLoopUtilization> | undefined;

  constructor(instrument: SelfInstrument) {
    this.#instrument = instrument;
  }

  /** Counts a measurement that was recorded in the overflow series. */
  overflowed(metric: string): void {
    this.#count('overflow', { metric });
  }

  /** Counts a measurement, or a part of one, that was not kept. */
  rejected(metric: string, reason: RejectReason): void {
    this.#count('rejected', { metric, reason });
  }

  /** Records the duration of a scrape. */
  scraped(milliseconds: number): void {
    const duration = this.#instrument('scrapeDuration');
    if (duration.type === 'histogram') duration.observe({}, milliseconds / 1000);
  }

  /**
   * Brings the gauges up to date.
   *
   * @param isScrape Whether the gauge that covers the time since the last scrape is among them.
   */
  collect(version: string, instruments: readonly AnyInstrument[], isScrape: boolean): void {
    if (isScrape) this.#collectUtilization();
    this.#set('heapLimit', {}, heapLimit());
    this.#set('memoryLimit', {}, memoryLimit());
    this.#set('buildInfo', { version, node_version: process.version }, 1);
    let series = 0;
    for (const instrument of instruments) {
      // A counter without labels shows 0 before its first event, so that its first rise is seen.
      if (instrument.type === 'counter' && instrument.labelNames.length === 0) {
        instrument.locate({});
      }
      series += instrument.series.length;
    }
    this.#set('series', {}, series);
  }

  #collectUtilization(): void {
    // Bun and Deno do not measure it.
    const measure = performance.eventLoopUtilization as EventLoopUtilization | undefined;
    if (measure === undefined) return;
    const now = measure();
    const { utilization } = measure(now, this.#utilization);
    this.#utilization = now;
    if (Number.isFinite(utilization)) this.#set('utilization', {}, utilization);
  }

  #count(key: 'overflow' | 'rejected', labels: Readonly<Record<string, string>>): void {
    const counter = this.#instrument(key);
    if (counter.type === 'counter') counter.inc(labels);
  }

  #set(
    key: 'utilization' | 'heapLimit' | 'memoryLimit' | 'buildInfo' | 'series',
    labels: Readonly<Record<string, string>>,
    value: number,
  ): void {
    const gauge = this.#instrument(key);
    if (gauge.type === 'gauge') gauge.set(labels, value);
  }
}

/** `node:v8` is loaded with the first scrape: it takes 3 ms. */
function heapLimit(): number {
  return process.getBuiltinModule('node:v8').getHeapStatistics().heap_size_limit;
}

/** Without a container, the constraint is 0 or larger than the memory of the machine. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  const total = process.getBuiltinModule('node:os').totalmem();
  return limit > 0 ? Math.min(limit, total) : total;
}
