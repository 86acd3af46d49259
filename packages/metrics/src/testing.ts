import { renderMetrics } from './exposition/render.ts';
import type { AnyLabels } from './instruments/definition.ts';
import type { AnyInstrument } from './instruments/make-instrument.ts';
import type { MetricsManager } from './manager/manager.ts';
import { getMetricsManager } from './manager/shared-manager.ts';

/** One series at one moment. */
export interface SeriesSnapshot {
  /** The metric's name, with the manager's prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** The labels that are not empty. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value of a counter or gauge; of a histogram, how many values it has. */
  readonly value: number;
  /** The sum of a histogram's values. */
  readonly sum?: number;
  /** A histogram's values by upper bound, cumulative, as Prometheus sees them. */
  readonly buckets?: Readonly<Record<string, number>>;
}

/**
 * Gives every series of a manager, for tests.
 *
 * @param manager The manager; the shared one by default.
 * @returns The series in the order of their making.
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
 * Reads what a metric has for labels: the sum over every series that carries them, so that a test
 * names only the labels it cares for.
 *
 * @param name The metric's name, such as `llm_tokens_total`, or its handle.
 * @param labels The labels that a series must have.
 * @param manager The manager; the shared one by default.
 * @returns The value of a counter or gauge, the count of a histogram; 0 where there is no series.
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
 * Forgets every measurement; handles stay good.
 *
 * @param manager The manager; the shared one by default.
 */
export function resetMetrics(manager: MetricsManager = getMetricsManager()): void {
  manager.reset();
}

/**
 * Renders a manager's own metrics in the text format, for tests that compare text.
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
