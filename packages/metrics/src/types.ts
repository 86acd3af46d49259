import type { BUCKETS } from './buckets.ts';
import type { CATALOGUE } from './catalogue.ts';

/** A label value: text, or what has one obvious text. */
export type LabelValue = string | number | boolean | bigint | null | undefined;

/** The three kinds of metric; summaries are left out for their cost. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** How one metric is described, in the catalogue and in `define…`. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  readonly values?: Readonly<Record<string, readonly string[]>>;
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly buckets?: keyof typeof BUCKETS | readonly number[];
  readonly errors?: string;
}

/** The catalogue's type. */
export type Catalogue = typeof CATALOGUE;

/** A category of the catalogue. */
export type Category = keyof Catalogue;

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

/** The labels of a definition, each optional: one that is left out counts as empty. */
export type LabelsOf<D extends { readonly labels: readonly string[] }> = {
  readonly [K in D['labels'][number]]?: ValueOf<D, K>;
};

/** Labels by name alone, as `define…` makes them. */
export type NamedLabels<L extends string> = [L] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [K in L]?: LabelValue };

/** What a `track…` call takes after the metric's key. */
export type TrackArguments<D> = D extends { readonly labels: readonly string[] }
  ? D extends { readonly type: 'counter' }
    ? [labels?: LabelsOf<D>, value?: number]
    : [labels: LabelsOf<D>, value: number]
  : never;

/** Labels as the engine sees them. */
export type AnyLabels = Readonly<Record<string, unknown>>;
