/** How the values of several processes are combined. */
export type Aggregation = 'sum' | 'min' | 'max' | 'average' | 'first' | 'omit';

/** A metric of a prom-client registry at one moment, as plain data. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator?: Aggregation | undefined;
  readonly values: readonly Sample[];
}

/** One value of a family. */
export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string | undefined;
  readonly exemplar?:
    | {
        readonly labelSet: Record<string, string>;
        readonly value: number;
        readonly timestamp: number;
      }
    | null
    | undefined;
}

/** The part of a prom-client registry that is read. */
export interface PromRegistry {
  getMetricsAsArray(): readonly object[];
}
