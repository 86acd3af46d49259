import type { LabelsOf, MetricType } from './types.ts';

/** What every metric handle tells about itself. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  /** Whether measurements are kept now. */
  readonly enabled: boolean;
}

/** A counter: it only goes up. */
export interface Counter<L extends object = object> extends Metric {
  readonly type: 'counter';
  /**
   * Adds to the counter.
   *
   * @param labels The series to add to; a label left out counts as empty.
   * @param value What to add: finite, at least 0; 1 when left out.
   */
  inc(labels?: L, value?: number): void;
  /** Gives a handle of one series, for hot paths. */
  labels(labels?: L): BoundCounter;
}

/** One series of a counter. */
export interface BoundCounter {
  /** Adds `value`: finite, at least 0; 1 when left out. */
  inc(value?: number): void;
}

/** A gauge: a value that goes up and down. */
export interface Gauge<L extends object = object> extends Metric {
  readonly type: 'gauge';
  /** Sets the value; it must be finite. */
  set(labels: L, value: number): void;
  /** Adds `value`, 1 when left out. */
  inc(labels?: L, value?: number): void;
  /** Takes `value` away, 1 when left out. */
  dec(labels?: L, value?: number): void;
  /** Gives a handle of one series, for hot paths. */
  labels(labels?: L): BoundGauge;
}

/** One series of a gauge. */
export interface BoundGauge {
  /** Sets the value; it must be finite. */
  set(value: number): void;
  /** Adds `value`, 1 when left out. */
  inc(value?: number): void;
  /** Takes `value` away, 1 when left out. */
  dec(value?: number): void;
}

/** A histogram: how often values fall into each bucket, their count and their sum. */
export interface Histogram<L extends object = object> extends Metric {
  readonly type: 'histogram';
  /** The upper bounds, rising, without +Inf. */
  readonly bounds: readonly number[];
  /** The counter of failures that belongs to this timing in the catalogue. */
  readonly errors: Counter | undefined;
  /** Records one value; it must be finite. */
  observe(labels: L, value: number): void;
  /** Gives a handle of one series, for hot paths. */
  labels(labels?: L): BoundHistogram;
}

/** One series of a histogram. */
export interface BoundHistogram {
  /** Records one value; it must be finite. */
  observe(value: number): void;
}

/** The handle type of a definition. */
export type HandleOf<D> = D extends { readonly labels: readonly string[] }
  ? D extends { readonly type: 'counter' }
    ? Counter<LabelsOf<D>>
    : D extends { readonly type: 'gauge' }
      ? Gauge<LabelsOf<D>>
      : Histogram<LabelsOf<D>>
  : never;
