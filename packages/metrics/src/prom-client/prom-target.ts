/** The part of a prom-client registry that takes metrics. */
export interface PromTarget {
  registerMetric(metric: never): void;
}
