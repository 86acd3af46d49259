import { type AnyLabels, boundsOf, type MetricDefinition } from './definition.ts';
import { type Exemplar, takeExemplar } from './exemplar.ts';
import { Instrument, type Series } from './instrument.ts';
import type { ManagerState } from './manager-state.ts';
import type { BoundHistogram, Counter, Histogram } from './metric.ts';

/** One series of a histogram. */
export interface HistogramSeries extends Series {
  /** Number of values in each bucket, not cumulative; the last bucket is +Inf. */
  readonly counts: number[];
  sum: number;
  /** The newest exemplar of each bucket. */
  exemplars: (Exemplar | undefined)[] | undefined;
}

/** The instrument behind a histogram. */
export class HistogramInstrument
  extends Instrument<HistogramSeries>
  implements Histogram<AnyLabels>
{
  declare readonly type: 'histogram';
  readonly bounds: readonly number[];
  errors: Counter<AnyLabels> | undefined;

  constructor(definition: MetricDefinition, state: ManagerState) {
    super(definition, state);
    this.bounds = [...boundsOf(definition)];
  }

  protected create(values: readonly string[]): HistogramSeries {
    const counts = new Array<number>(this.bounds.length + 1).fill(0);
    return { values, text: undefined, counts, sum: 0, exemplars: undefined };
  }

  observe(labels: AnyLabels, value: number): void {
    if (!this.state.enabled) return;
    try {
      if (this.accepts(value)) this.add(this.locate(labels), value);
    } catch (error) {
      this.failed(error);
    }
  }

  labels(labels?: AnyLabels): BoundHistogram {
    return new BoundHistogramSeries(this, labels);
  }

  /** Returns whether the value can be recorded; a wrong one is counted, or thrown under `strict`. */
  accepts(value: number): boolean {
    if (Number.isFinite(value)) return true;
    this.refuseValue(value, 'a finite number');
    return false;
  }

  /** Records a value in a located series. */
  add(series: HistogramSeries, value: number): void {
    const bounds = this.bounds;
    let bucket = 0;
    let end = bounds.length;
    while (bucket < end) {
      const middle = (bucket + end) >>> 1;
      if (value > (bounds[middle] as number)) bucket = middle + 1;
      else end = middle;
    }
    (series.counts[bucket] as number)++;
    series.sum += value;
    if (this.state.exemplar === undefined) return;
    const exemplar = takeExemplar(this.state, value);
    if (exemplar === undefined) return;
    series.exemplars ??= new Array(bounds.length + 1);
    series.exemplars[bucket] = exemplar;
  }
}

class BoundHistogramSeries implements BoundHistogram {
  readonly #histogram: HistogramInstrument;
  readonly #labels: AnyLabels;
  #series: HistogramSeries | undefined;
  #epoch = 0;

  constructor(histogram: HistogramInstrument, labels: AnyLabels | undefined) {
    this.#histogram = histogram;
    this.#labels = histogram.copy(labels);
  }

  observe(value: number): void {
    const histogram = this.#histogram;
    if (!histogram.enabled) return;
    try {
      if (!histogram.accepts(value)) return;
      if (this.#series === undefined || this.#epoch !== histogram.epoch) {
        this.#series = histogram.locate(this.#labels);
        this.#epoch = histogram.epoch;
      }
      histogram.add(this.#series, value);
    } catch (error) {
      histogram.failed(error);
    }
  }
}
