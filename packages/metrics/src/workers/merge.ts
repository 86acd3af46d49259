import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { AnyLabels, MetricDefinition } from '../instruments/definition.ts';
import type { Exemplar } from '../instruments/exemplar.ts';
import type { GaugeInstrument } from '../instruments/gauge.ts';
import { type AnyInstrument, hasShape, makeInstrument } from '../instruments/make-instrument.ts';
import type { ManagerState } from '../instruments/manager-state.ts';
import type { WorkerMetric } from './message.ts';

/** Gauges whose values are not added up over workers. */
const NOT_SUMMED: ReadonlyMap<string, 'max' | 'average'> = new Map([
  [CATALOGUE.self.buildInfo.name, 'max'],
  [CATALOGUE.self.utilization.name, 'average'],
  [CATALOGUE.self.heapLimit.name, 'max'],
  [CATALOGUE.self.memoryLimit.name, 'max'],
  [CATALOGUE.task.queueDepth.name, 'max'],
  [CATALOGUE.task.queueJobs.name, 'max'],
]);

/** Milliseconds of work after which other callbacks may run. */
const SLICE_MS = 1;

/** The merged metrics of several workers: each series is the sum of theirs. */
export class WorkerMerge {
  readonly #instruments = new Map<string, AnyInstrument>();
  readonly #averaged = new Map<object, number>();
  readonly #state: ManagerState = {
    enabled: true,
    strict: false,
    maxSeries: Number.POSITIVE_INFINITY,
    maxLabelLength: Number.POSITIVE_INFINITY,
    exemplar: undefined,
    overflowed: () => undefined,
    rejected: () => undefined,
  };

  /** The merged metrics. */
  get instruments(): readonly AnyInstrument[] {
    return [...this.#instruments.values()];
  }

  /** Adds a worker's metrics: all, or only those that must not decrease when the worker ends. */
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

  /** As `add`, giving other callbacks a turn about every millisecond. */
  async addInSlices(metrics: Iterable<WorkerMetric>, keep: 'all' | 'cumulative'): Promise<void> {
    let since = performance.now();
    for (const metric of metrics) {
      this.add([metric], keep);
      if (performance.now() - since < SLICE_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }

  #addGauge(gauge: GaugeInstrument, labels: AnyLabels, value: number): void {
    const before = gauge.series.length;
    const series = gauge.locate(labels);
    const how = NOT_SUMMED.get(gauge.name);
    if (how === 'max') {
      series.value = gauge.series.length > before ? value : Math.max(series.value, value);
    } else if (how === 'average') {
      const n = (this.#averaged.get(series) ?? 0) + 1;
      this.#averaged.set(series, n);
      series.value += (value - series.value) / n;
    } else {
      series.value += value;
    }
  }

  /** Workers of different versions may differ in a metric: the first shape is used. */
  #instrument(definition: MetricDefinition): AnyInstrument | undefined {
    const known = this.#instruments.get(definition.name);
    if (known !== undefined) return hasShape(known, definition) ? known : undefined;
    const made = makeInstrument(definition, this.#state);
    this.#instruments.set(definition.name, made);
    return made;
  }
}

function newer(a: Exemplar | undefined, b: Exemplar | null | undefined): Exemplar | undefined {
  if (a === undefined || b === undefined || b === null) return a ?? b ?? undefined;
  return b.timestamp > a.timestamp ? b : a;
}
