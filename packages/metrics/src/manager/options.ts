import { optionNames } from '@map/redaction/kernel';
import {
  check,
  checkFlag,
  checkFunction,
  checkOptions as checkNames,
  checkObject,
} from '../common/check.ts';
import { isLabelName, type MetricDefinition, type NamedLabels } from '../instruments/definition.ts';
import type { ExemplarLabels, Gauge } from '../instruments/metric.ts';

/** How a manager records. `configure` can change each option later. */
export interface MetricsOptions {
  /** Whether measurements are recorded; true by default. */
  readonly enabled?: boolean | undefined;
  /** Whether a wrong value or label throws instead of being counted; false by default. */
  readonly strict?: boolean | undefined;
  /** The prefix of each metric name; empty by default. */
  readonly prefix?: string | undefined;
  /** The labels of every series, such as `{ service: 'api' }`. */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** Label combinations of one metric; further ones count as `other`. 2,000 by default. */
  readonly maxSeries?: number | undefined;
  /** Length limit of a label value in UTF-16 units; 128 by default. */
  readonly maxLabelLength?: number | undefined;
  /** Returns the labels of the current trace, for exemplars. */
  readonly exemplar?: (() => ExemplarLabels | undefined) | undefined;
  /** Returns the attribution of model calls, such as the current agent: few values. */
  readonly attribution?: (() => string | undefined) | undefined;
  /**
   * Returns the signal of the work that a model call is part of: if its deadline aborts the call, that
   * is an error and not a cancellation.
   */
  readonly signal?: (() => AbortSignal | undefined) | undefined;
  /** Names an error for the label `error_type` of model calls, such as by its MAP code. */
  readonly errorType?: ((error: unknown) => string | undefined) | undefined;
  /** The application's version, shown in `map_build_info`. */
  readonly version?: string | undefined;
}

/** The definition of a counter. */
export interface DefineOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

/** The definition of a gauge. */
export interface DefineGaugeOptions<L extends string> extends DefineOptions<L> {
  /** Sets the gauge before each scrape. */
  readonly collect?: (gauge: Gauge<NamedLabels<L>>) => void | Promise<void>;
}

/** The definition of a histogram. */
export interface DefineHistogramOptions<L extends string> extends DefineOptions<L> {
  /** Upper bounds in increasing order; those of `BUCKETS.FAST` by default. */
  readonly buckets?: NonNullable<MetricDefinition['buckets']>;
}

const OPTIONS = optionNames<MetricsOptions>({
  enabled: true,
  strict: true,
  prefix: true,
  defaultLabels: true,
  maxSeries: true,
  maxLabelLength: true,
  exemplar: true,
  attribution: true,
  signal: true,
  errorType: true,
  version: true,
});

const DEFINE = optionNames<DefineGaugeOptions<string> & DefineHistogramOptions<string>>({
  name: true,
  help: true,
  labels: true,
  collect: true,
  buckets: true,
});

/** Throws `METRICS_OPTION_INVALID` for options of a definition that do not exist. */
export function checkDefinition(of: string, options: object): void {
  checkNames(of, options, DEFINE);
}

/** Throws `METRICS_OPTION_INVALID` if an option does not exist or has a wrong value. */
export function checkOptions(options: MetricsOptions): void {
  checkNames('the metrics manager', options, OPTIONS);
  const { prefix, maxSeries, maxLabelLength, defaultLabels, enabled, strict } = options;
  checkFlag('enabled', enabled);
  checkFlag('strict', strict);
  check(
    prefix === undefined ||
      (typeof prefix === 'string' && /^([a-zA-Z_][a-zA-Z0-9_]*)?$/.test(prefix)),
    'prefix',
    'a string of letters, digits and _ that does not start with a digit',
    prefix,
  );
  for (const [name, limit] of Object.entries({ maxSeries, maxLabelLength })) {
    const valid = limit === undefined || (typeof limit === 'number' && limit >= 1);
    check(valid, name, 'a number of at least 1', limit);
  }
  const { attribution, errorType, exemplar, signal, version } = options;
  for (const [name, callback] of Object.entries({ attribution, errorType, exemplar, signal })) {
    if (callback !== undefined) checkFunction(name, callback);
  }
  check(version === undefined || typeof version === 'string', 'version', 'a string', version);
  if (defaultLabels !== undefined) checkObject('defaultLabels', defaultLabels);
  for (const name of Object.keys(defaultLabels ?? {})) {
    check(isLabelName(name), 'defaultLabels', 'an object with valid label names', name);
  }
}
