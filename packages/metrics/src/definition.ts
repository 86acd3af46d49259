import { BUCKETS } from './buckets.ts';
import { CATALOGUE } from './catalogue.ts';
import { MetricsError } from './metrics-error.ts';
import type { MetricDefinition } from './types.ts';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const RESERVED_LABELS: ReadonlySet<string> = new Set(['le', 'quantile']);

/** Whether a label of a series may be named so; `le` is what a histogram names its buckets. */
export function isLabelName(name: unknown): boolean {
  return typeof name === 'string' && LABEL_NAME.test(name) && !RESERVED_LABELS.has(name);
}

/** Throws `METRICS_DEFINITION_INVALID` for a definition that no scraper would read as meant. */
export function validateDefinition(definition: MetricDefinition, taken: Iterable<string>): void {
  const { name, type, help, labels, buckets } = definition;
  const refuse = (problem: string): never => {
    throw new MetricsError(
      'METRICS_DEFINITION_INVALID',
      `Metric ${JSON.stringify(name)}: ${problem}`,
    );
  };
  if (typeof name !== 'string' || !METRIC_NAME.test(name)) {
    refuse('the name must be letters, digits, _ and :, and not start with a digit.');
  }
  if (typeof help !== 'string' || help === '') refuse('it needs a help text.');
  if (type === 'counter' && !name.endsWith('_total')) refuse("a counter's name ends in _total.");
  if (type !== 'counter' && /_(total|count|sum|bucket)$/.test(name)) {
    refuse(`a ${type}'s name cannot end in _total, _count, _sum or _bucket.`);
  }
  for (const label of labels) {
    if (!isLabelName(label)) refuse(`${JSON.stringify(label)} cannot be a label name.`);
  }
  if (new Set(labels).size !== labels.length) refuse('a label name is there twice.');
  if (type === 'histogram' && buckets !== undefined) checkBuckets(buckets, refuse);
  for (const category of Object.values(CATALOGUE)) {
    for (const entry of Object.values(category) as MetricDefinition[]) {
      if (entry.name === name) refuse('the name is taken by the catalogue.');
    }
  }
  for (const other of taken) {
    if (other === name) refuse('the name is taken; keep the handle that the first call gave.');
  }
}

function checkBuckets(
  buckets: NonNullable<MetricDefinition['buckets']>,
  refuse: (problem: string) => never,
): void {
  const bounds: readonly number[] = typeof buckets === 'string' ? BUCKETS[buckets] : buckets;
  if (!Array.isArray(bounds) || bounds.length === 0) refuse('it needs at least one bucket.');
  for (const [i, bound] of bounds.entries()) {
    if (!Number.isFinite(bound)) refuse(`bucket ${bound} is not finite; +Inf is always there.`);
    if (i > 0 && bound <= (bounds[i - 1] as number)) {
      refuse(`bucket ${bound} follows ${bounds[i - 1]}: bounds must rise.`);
    }
  }
}
