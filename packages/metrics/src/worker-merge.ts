import { CATALOGUE } from './catalogue.ts';
import { CounterInstrument } from './counter.ts';
import type { Exemplar } from './exemplar.ts';
import { GaugeInstrument } from './gauge.ts';
import { HistogramInstrument } from './histogram.ts';
import type { AnyInstrument } from './manager.ts';
import type { State } from './state.ts';
import type { AnyLabels, MetricDefinition } from './types.ts';
import type { WorkerMetric } from './worker-message.ts';

/** Gauges of which workers have one value between them, or an average, and not a sum. */
const NOT_SUMMED: ReadonlyMap<string, 'max' | 'average'> = new Map([
  [CATALOGUE.self.buildInfo.name, 'max'],
  [CATALOGUE.self.utilization.name, 'average'],
]);

/** Milliseconds of adding up after which others may run. */
const SLICE_MS = 1;

/** Adds up the metrics of several workers: each series is the sum of theirs. */
export class WorkerMerge {
  readonly #instruments = new Map<string, AnyInstrument>();
  readonly #averaged = new Map<object, number>();
  readonly #state: State = {
    enabled: true,
    strict: false,
    maxSeries: Number.POSITIVE_INFINITY,
    maxLabelLength: Number.POSITIVE_INFINITY,
    exemplar: undefined,
    overflowed: () => undefined,
    rejected: () => undefined,
  };

  /** What has been added up. */
  get instruments(): readonly AnyInstrument[] {
    return [...this.#instruments.values()];
  }

  /** Adds a worker's metrics; with `keep`, only what must not shrink when the worker is gone. */
  add(metrics: Iterable<WorkerMetric>, keep: 'all' | 'cumulative' = 'all'): void {
    for (const { definition, series } of metrics) {
      if (keep === 'cumulative' && definition.type === 'gauge') continue;
      const instrument = this.#instrument(definition);
      if (instrument === undefined) continue;
      for (const { values, value, counts, exemplars = [] } of series) {
        const labels: AnyLabels = Object.fromEntries(
          definition.labels.map((name, i) => [name, values[i]]),
        );
        if (instrument.type === 'counter') {
          const target = instrument.locate(labels);
          target.value += value;
          target.exemplar = newer(target.exemplar, exemplars[0]);
        } else if (instrument.type === 'gauge') this.#addGauge(instrument, labels, value);
        else {
          const target = instrument.locate(labels);
          for (const [i, count] of (counts ?? []).entries()) (target.counts[i] as number) += count;
          target.sum += value;
          for (const [i, exemplar] of exemplars.entries()) {
            target.exemplars ??= [];
            target.exemplars[i] = newer(target.exemplars[i], exemplar);
          }
        }
      }
    }
  }

  #addGauge(gauge: GaugeInstrument, labels: AnyLabels, value: number): void {
    const isNew = gauge.series.length;
    const series = gauge.locate(labels);
    const how = NOT_SUMMED.get(gauge.name);
    if (how === 'max') {
      series.value = gauge.series.length > isNew ? value : Math.max(series.value, value);
    } else if (how === 'average') {
      const n = (this.#averaged.get(series) ?? 0) + 1;
      this.#averaged.set(series, n);
      series.value += (value - series.value) / n;
    } else {
      series.value += value;
    }
  }

  /** As `add`, giving way to other work every millisecond or so. */
  async addInSlices(metrics: Iterable<WorkerMetric>, keep: 'all' | 'cumulative'): Promise<void> {
    let since = performance.now();
    for (const metric of metrics) {
      this.add([metric], keep);
      if (performance.now() - since < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }

  /** Workers that run different versions may differ in a metric: the first one's shape counts. */
  #instrument(definition: MetricDefinition): AnyInstrument | undefined {
    const known = this.#instruments.get(definition.name);
    if (known !== undefined) return isSame(known, definition) ? known : undefined;
    const made =
      definition.type === 'counter'
        ? new CounterInstrument(definition, this.#state)
        : definition.type === 'gauge'
          ? new GaugeInstrument(definition, this.#state)
          : new HistogramInstrument(definition, this.#state);
    this.#instruments.set(definition.name, made);
    return made;
  }
}

function isSame(known: AnyInstrument, { type, labels, buckets }: MetricDefinition): boolean {
  if (known.type !== type || known.labelNames.join() !== labels.join()) return false;
  return known.type !== 'histogram' || known.bounds.join() === String(buckets);
}

function newer(a: Exemplar | undefined, b: Exemplar | null | undefined): Exemplar | undefined {
  if (a === undefined || b === undefined || b === null) return a ?? b ?? undefined;
  return b.timestamp > a.timestamp ? b : a;
}
