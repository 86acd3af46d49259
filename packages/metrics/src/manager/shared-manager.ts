import { shared } from '../common/shared.ts';
import { MetricsManager } from './manager.ts';

/**
 * Gives the manager that the whole process shares, also across two installed copies.
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
  return shared('manager@1', () => new MetricsManager());
}
