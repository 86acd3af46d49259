import { isLabelName } from './definition.ts';
import type { Gauge } from './metric.ts';
import { MetricsError } from './metrics-error.ts';
import type { ExemplarLabels } from './state.ts';
import type { MetricDefinition, NamedLabels } from './types.ts';

/** How a manager collects; each can be changed later with `configure`. */
export interface MetricsOptions {
  /** Whether anything is collected; true by default. */
  readonly enabled?: boolean | undefined;
  /** Whether a wrong value or label throws instead of being counted; false by default. */
  readonly strict?: boolean | undefined;
  /** Goes before each name of the catalogue and of `define…`; empty by default. */
  readonly prefix?: string | undefined;
  /** Labels of every series, such as `{ service: 'api' }`. */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** Label combinations a metric may hold before the rest counts as `other`; 2,000 by default. */
  readonly maxSeries?: number | undefined;
  /** UTF-16 units a label value may have; 128 by default. */
  readonly maxLabelLength?: number | undefined;
  /** Gives the current trace, for exemplars. */
  readonly exemplar?: (() => ExemplarLabels | undefined) | undefined;
  /** The application's version, shown in `map_build_info`. */
  readonly version?: string | undefined;
}

/** What a user's own metric is described by. */
export interface DefineOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

/** What a user's own gauge is described by. */
export interface DefineGaugeOptions<L extends string> extends DefineOptions<L> {
  /** Runs before each scrape, to set the gauge. */
  readonly collect?: (gauge: Gauge<NamedLabels<L>>) => void | Promise<void>;
}

/** What a user's own histogram is described by. */
export interface DefineHistogramOptions<L extends string> extends DefineOptions<L> {
  /** Upper bounds, rising; the `FAST` bounds by default. */
  readonly buckets?: NonNullable<MetricDefinition['buckets']>;
}

/** Throws `METRICS_OPTION_INVALID` for options that make no sense. */
export function checkOptions({
  prefix,
  maxSeries,
  maxLabelLength,
  defaultLabels,
}: MetricsOptions): void {
  if (prefix !== undefined && !/^([a-zA-Z_][a-zA-Z0-9_]*)?$/.test(prefix)) {
    throw invalid(`prefix ${JSON.stringify(prefix)} must be letters, digits and _.`);
  }
  for (const [name, limit] of Object.entries({ maxSeries, maxLabelLength })) {
    if (limit !== undefined && !(limit >= 1)) throw invalid(`${name} ${limit} must be at least 1.`);
  }
  for (const name of Object.keys(defaultLabels ?? {})) {
    if (!isLabelName(name)) {
      throw invalid(`${JSON.stringify(name)} cannot be the name of a default label.`);
    }
  }
}

function invalid(message: string): MetricsError {
  return new MetricsError('METRICS_OPTION_INVALID', `Metrics option: ${message}`);
}
