import { describeValue } from '@map/redaction/kernel';
import { BUCKETS } from './buckets.ts';

/** A label value: a string, or a primitive with one obvious string form. */
export type LabelValue = string | number | boolean | bigint | null | undefined;

/** The three kinds of metric. There are no summaries, because they cannot be aggregated. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** The description of one metric, in the catalogue and in `define…`. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** The allowed values of a label, for the types. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Other spellings of a label value, and the value that is stored for each. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The upper bounds of a histogram, or the name of a set of `BUCKETS`. */
  readonly buckets?: keyof typeof BUCKETS | readonly number[];
  /** The key of the counter in the same category that counts failures of this timing. */
  readonly errors?: string;
}

type AliasOf<D, K> = D extends { readonly aliases: infer A }
  ? K extends keyof A
    ? keyof A[K] & string
    : never
  : never;

type ValueOf<D, K> = D extends { readonly values: infer V }
  ? K extends keyof V
    ? (V[K] extends readonly (infer S extends string)[] ? S : never) | AliasOf<D, K> | undefined
    : LabelValue
  : LabelValue;

/** The labels of a definition. All are optional; a missing label counts as empty. */
export type LabelsOf<D extends { readonly labels: readonly string[] }> = {
  readonly [K in D['labels'][number]]?: ValueOf<D, K>;
};

/** The labels of a metric made with `define…`. */
export type NamedLabels<L extends string> = [L] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [K in L]?: LabelValue };

/** The arguments of a `track…` call after the metric's key. */
export type TrackArguments<D> = D extends { readonly labels: readonly string[] }
  ? D extends { readonly type: 'counter' }
    ? [labels?: LabelsOf<D>, value?: number]
    : [labels: LabelsOf<D>, value: number]
  : never;

/** Labels of an unknown metric. */
export type AnyLabels = Readonly<Record<string, unknown>>;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const RESERVED_LABELS: ReadonlySet<unknown> = new Set(['le', 'quantile']);

/** Returns whether a series may have a label of this name; `le` is reserved for histogram buckets. */
export function isLabelName(name: unknown): boolean {
  return typeof name === 'string' && LABEL_NAME.test(name) && !RESERVED_LABELS.has(name);
}

/**
 * Finds the first rule that a definition breaks.
 *
 * @returns A sentence, or undefined for a definition that every scraper can read.
 */
export function definitionProblem(definition: MetricDefinition): string | undefined {
  const { name, type, help, labels } = definition;
  if (typeof name !== 'string' || !METRIC_NAME.test(name)) {
    const got = typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : describeValue(name);
    return `\`name\` must be letters, digits, _ and :, without a digit first, got ${got}.`;
  }
  if (typeof help !== 'string' || help === '') {
    return `\`help\` must be a non-empty string, got ${describeValue(help)}.`;
  }
  if (type === 'counter' && !name.endsWith('_total')) {
    return `\`name\` of a counter must end in _total, got ${name}.`;
  }
  if (type !== 'counter' && /_(total|count|sum|bucket)$/.test(name)) {
    return `\`name\` of a ${type} must not end in _total, _count, _sum or _bucket.`;
  }
  for (const label of labels) {
    if (!isLabelName(label)) {
      return `\`labels\` must be valid label names, got ${JSON.stringify(label)}.`;
    }
  }
  if (new Set(labels).size !== labels.length) return '`labels` must not repeat a name.';
  return type === 'histogram' ? boundsProblem(boundsOf(definition)) : undefined;
}

/** Returns the upper bounds of a histogram; `BUCKETS.FAST` by default. */
export function boundsOf({ buckets = 'FAST' }: MetricDefinition): readonly number[] {
  return typeof buckets === 'string' ? BUCKETS[buckets] : buckets;
}

function boundsProblem(bounds: readonly number[]): string | undefined {
  if (!Array.isArray(bounds) || bounds.length === 0) {
    return '`buckets` must list at least one upper bound.';
  }
  for (const [i, bound] of bounds.entries()) {
    if (!Number.isFinite(bound)) {
      return `\`buckets\` must be finite numbers, got ${bound}; +Inf is added automatically.`;
    }
    if (i > 0 && bound <= (bounds[i - 1] as number)) {
      return `\`buckets\` must increase, got ${bound} after ${bounds[i - 1]}.`;
    }
  }
  return undefined;
}
