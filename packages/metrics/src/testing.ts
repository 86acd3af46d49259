import { renderMetrics } from './exposition/render.ts';
import type { AnyLabels } from './instruments/definition.ts';
import type { AnyInstrument } from './instruments/make-instrument.ts';
import type { MetricsManager } from './manager/manager.ts';
import { getMetricsManager } from './manager/shared-manager.ts';

/** A snapshot of one series. */
export interface SeriesSnapshot {
  /** The metric's name, with the manager's prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The labels that are not empty. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value of a counter or gauge; the number of values of a histogram. */
  readonly value: number;
  /** The sum of a histogram's values. */
  readonly sum?: number;
  /** Number of values by upper bound, cumulative as in Prometheus. */
  readonly buckets?: Readonly<Record<string, number>>;
}

/**
 * Returns every series of a manager, for tests.
 *
 * @param manager The manager; the shared one by default.
 * @returns The series in the order in which they were made.
 * @example
 * ```ts
 * import { getMetricsManager } from '@map/metrics';
 * import { snapshotMetrics } from '@map/metrics/testing';
 *
 * getMetricsManager().trackCache('hits', { cache: 'prompts' });
 * console.log(snapshotMetrics()[0]?.value); // 1
 * ```
 */
export function snapshotMetrics(manager: MetricsManager = getMetricsManager()): SeriesSnapshot[] {
  return manager.instruments.flatMap((instrument) => seriesOf(instrument, manager.prefix));
}

/**
 * Adds up all series of a metric that have some labels, so that a test lists only the labels it is
 * about.
 *
 * @param name The metric's name, such as `llm_tokens_total`, or its handle.
 * @param labels The labels that a series must have.
 * @param manager The manager; the shared one by default.
 * @returns The value of a counter or gauge, or the count of a histogram; 0 without such a series.
 * @example
 * ```ts
 * import { LLM_TOKENS } from '@map/metrics';
 * import { metricValue } from '@map/metrics/testing';
 *
 * LLM_TOKENS.inc({ provider: 'openai', model: 'gpt-4', type: 'prompt' }, 150);
 * console.log(metricValue(LLM_TOKENS, { type: 'prompt' })); // 150
 * ```
 */
export function metricValue(
  name: string | { readonly name: string },
  labels: AnyLabels = {},
  manager: MetricsManager = getMetricsManager(),
): number {
  const wanted = typeof name === 'string' ? name : manager.prefix + name.name;
  let value = 0;
  for (const series of snapshotMetrics(manager)) {
    const has = Object.entries(labels).every(
      ([label, text]) => (series.labels[label] ?? '') === String(text ?? ''),
    );
    if (series.name === wanted && has) value += series.value;
  }
  return value;
}

/**
 * Drops every measurement; handles stay valid.
 *
 * @param manager The manager; the shared one by default.
 */
export function resetMetrics(manager: MetricsManager = getMetricsManager()): void {
  manager.reset();
}

/**
 * Renders a manager's own metrics in the text format.
 *
 * @param manager The manager; the shared one by default.
 */
export function metricsText(manager: MetricsManager = getMetricsManager()): string {
  const { prefix, defaultLabels, instruments } = manager;
  return [...renderMetrics(instruments, { format: 'text', prefix, defaultLabels })].join('');
}

function seriesOf(instrument: AnyInstrument, prefix: string): SeriesSnapshot[] {
  const base = { name: prefix + instrument.name, type: instrument.type };
  const labelsOf = (values: readonly string[]) =>
    Object.fromEntries(
      instrument.labelNames.map((name, i) => [name, values[i] ?? '']).filter(([, v]) => v !== ''),
    );
  if (instrument.type !== 'histogram') {
    return instrument.series.map(({ values, value }) => ({
      ...base,
      labels: labelsOf(values),
      value,
    }));
  }
  return instrument.series.map(({ values, counts, sum }) => {
    let value = 0;
    const buckets: Record<string, number> = {};
    for (const [i, count] of counts.entries()) {
      value += count;
      buckets[String(instrument.bounds[i] ?? '+Inf')] = value;
    }
    return { ...base, labels: labelsOf(values), value, sum, buckets };
  });
}
