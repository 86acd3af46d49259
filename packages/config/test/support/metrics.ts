import { getMetricsManager } from '@map/metrics';

/** Gives the shared manager the options of a new one, for the next test file of the process. */
export function restoreMetrics(): void {
  getMetricsManager().configure({
    enabled: true,
    version: '',
    exemplar: undefined,
    attribution: undefined,
    signal: undefined,
    errorType: undefined,
  });
}
