import { shared } from '../common/shared.ts';
import type { PromRegistry } from '../exposition/family.ts';

/** Names that break the rule that only counters end in _total. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Starts prom-client's process metrics in a registry of their own, once a process; the package is
 * loaded only now, as it costs tens of milliseconds.
 */
export function loadProcessMetrics(): Promise<PromRegistry> {
  return shared('process@1', load);
}

async function load(): Promise<PromRegistry> {
  const { default: client } = await import('prom-client');
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}
