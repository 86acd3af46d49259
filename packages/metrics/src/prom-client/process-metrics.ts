import { processState } from '@map/redaction/kernel';
import type { PromRegistry } from '../exposition/family.ts';

/** Gauges whose names end in _total, which is only for counters: promtool reports them. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

const EMPTY: PromRegistry = { getMetricsAsArray: () => [] };

/**
 * Returns the registry with prom-client's process metrics, one for the whole process. prom-client is
 * loaded by the first call, because that takes tens of milliseconds.
 *
 * @returns undefined if prom-client cannot be loaded; that is reported once, as a process warning.
 */
export function loadProcessMetrics(): Promise<PromRegistry | undefined> {
  return processState('@map/metrics/process@2', load);
}

/** Returns the process metrics; if they cannot be loaded, counts that and gives an empty registry. */
export async function processRegistry(source: {
  countCollectFailure(metric: string): void;
}): Promise<PromRegistry> {
  const registry = await loadProcessMetrics();
  if (registry === undefined) source.countCollectFailure('process');
  return registry ?? EMPTY;
}

async function load(): Promise<PromRegistry | undefined> {
  try {
    const { default: client } = await import('prom-client');
    const registry = new client.Registry();
    client.collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    return registry;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    process.emitWarning(
      `prom-client cannot be loaded, so /metrics does not show the process metrics: ${reason}`,
      { code: 'METRICS_PROCESS_METRICS_UNAVAILABLE' },
    );
    return undefined;
  }
}
