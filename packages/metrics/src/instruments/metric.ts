import type { LabelsOf, MetricType } from './definition.ts';

/** The members that every metric handle has. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  /** Whether measurements are recorded. */
  readonly enabled: boolean;
}

/** A counter: it only increases. */
export interface Counter<L extends object = object> extends Metric {
  readonly type: 'counter';
  /**
   * Adds to the counter.
   *
   * @param labels The series to add to; a missing label counts as empty.
   * @param value The amount, finite and at least 0; 1 by default.
   */
  inc(labels?: L, value?: number): void;
  /** Returns a handle of one series, for hot paths. */
  labels(labels?: L): BoundCounter;
}

/** One series of a counter. */
export interface BoundCounter {
  /** Adds `value`, which must be finite and at least 0; 1 by default. */
  inc(value?: number): void;
}

/** A gauge: a value that increases and decreases. */
export interface Gauge<L extends object = object> extends Metric {
  readonly type: 'gauge';
  /** Sets the value, which must be finite. */
  set(labels: L, value: number): void;
  /** Adds `value`; 1 by default. */
  inc(labels?: L, value?: number): void;
  /** Subtracts `value`; 1 by default. */
  dec(labels?: L, value?: number): void;
  /** Returns a handle of one series, for hot paths. */
  labels(labels?: L): BoundGauge;
}

/** One series of a gauge. */
export interface BoundGauge {
  /** Sets the value, which must be finite. */
  set(value: number): void;
  /** Adds `value`; 1 by default. */
  inc(value?: number): void;
  /** Subtracts `value`; 1 by default. */
  dec(value?: number): void;
}

/** A histogram: the number of values in each bucket, their count and their sum. */
export interface Histogram<L extends object = object> extends Metric {
  readonly type: 'histogram';
  /** The upper bounds in increasing order, without +Inf. */
  readonly bounds: readonly number[];
  /** The counter in the catalogue that counts failures of this timing. */
  readonly errors: Counter | undefined;
  /** Records one value, which must be finite. */
  observe(labels: L, value: number): void;
  /** Returns a handle of one series, for hot paths. */
  labels(labels?: L): BoundHistogram;
}

/** One series of a histogram. */
export interface BoundHistogram {
  /** Records one value, which must be finite. */
  observe(value: number): void;
}

/** The labels of an exemplar, which link to the trace of one measurement. */
export type ExemplarLabels = Readonly<Record<string, string>>;

/** The handle type of a definition. */
export type HandleOf<D> = D extends { readonly labels: readonly string[] }
  ? D extends { readonly type: 'counter' }
    ? Counter<LabelsOf<D>>
    : D extends { readonly type: 'gauge' }
      ? Gauge<LabelsOf<D>>
      : Histogram<LabelsOf<D>>
  : never;
