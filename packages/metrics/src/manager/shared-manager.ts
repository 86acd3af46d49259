import { processState } from '@map/redaction/kernel';
import { MetricsManager } from './manager.ts';

let shared: MetricsManager | undefined;

/**
 * Returns the manager that the whole process shares, even if the package is installed twice.
 *
 * @returns The shared manager.
 * @example
 * ```ts
 * import { getMetricsManager } from '@map/metrics';
 *
 * getMetricsManager().trackTask('created', { task_type: 'summary' });
 * ```
 */
export function getMetricsManager(): MetricsManager {
  shared ??= processState('@map/metrics/manager@1', () => new MetricsManager());
  return shared;
}
