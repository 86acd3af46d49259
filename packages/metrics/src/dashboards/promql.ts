import type { MetricDefinition } from '../instruments/definition.ts';

/** Parts that all queries of a file share. */
export interface QueryOptions {
  /** The prefix of the manager. */
  readonly prefix: string;
  /** The matcher of each label by which the reader can filter, in the order they are written. */
  readonly filters: Readonly<Record<string, string>>;
  /** The window of a rate. */
  readonly window: string;
}

/** Labels that Prometheus adds to every series. */
const OF_TARGET: readonly string[] = ['job', 'instance'];

/** Writes PromQL for metrics of the catalogue. */
export class PromQl {
  readonly #options: QueryOptions;

  constructor(options: QueryOptions) {
    this.#options = options;
  }

  /** The series of a metric, or of a part of a histogram, that match the filters and `matcher`. */
  select(metric: MetricDefinition, matcher = '', part?: 'bucket' | 'sum'): string {
    const name = this.#options.prefix + metric.name;
    return this.#select(part === undefined ? name : `${name}_${part}`, metric.labels, matcher);
  }

  /** The series of a metric of prom-client: it has neither a prefix nor labels. */
  process(name: string): string {
    return this.#select(name, [], '');
  }

  /** Events a second, added up. */
  rate(counter: MetricDefinition, by: readonly string[], matcher?: string): string {
    return aggregate('sum', by, `rate(${this.select(counter, matcher)}[${this.#options.window}])`);
  }

  /** Events within a window such as `1h`, added up. */
  increase(counter: MetricDefinition, by: readonly string[], window: string): string {
    return aggregate('sum', by, `increase(${this.select(counter)}[${window}])`);
  }

  /** The quantile of a histogram by labels. */
  quantile(q: number, histogram: MetricDefinition, by: readonly string[], matcher?: string) {
    return `histogram_quantile(${q}, ${this.buckets(histogram, by, matcher)})`;
  }

  /** Events a second by bucket. */
  buckets(histogram: MetricDefinition, by: readonly string[] = [], matcher?: string): string {
    const buckets = this.select(histogram, matcher, 'bucket');
    return aggregate('sum', ['le', ...by], `rate(${buckets}[${this.#options.window}])`);
  }

  /** Seconds a second that a histogram of durations measured: how many at once, on average. */
  seconds(histogram: MetricDefinition, matcher?: string): string {
    const sum = this.select(histogram, matcher, 'sum');
    return aggregate('sum', [], `rate(${sum}[${this.#options.window}])`);
  }

  #select(name: string, labels: readonly string[], matcher: string): string {
    const { filters } = this.#options;
    const matchers = Object.entries(filters)
      .filter(([label]) => OF_TARGET.includes(label) || labels.includes(label))
      .map(([label, value]) => `${label}=~"${value}"`);
    if (matcher !== '') matchers.push(matcher);
    return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
  }
}

/** Aggregates an expression by labels; without labels, over all series. */
export function aggregate(how: 'sum' | 'max' | 'avg', by: readonly string[], expr: string): string {
  return by.length === 0 ? `${how}(${expr})` : `${how} by (${by.join(', ')}) (${expr})`;
}

/** A part of a whole: 0 if there is no part, and no data if there is no whole. */
export function share(part: string, whole: string): string {
  return `(${part} or ${whole} * 0) / (${whole} > 0)`;
}
