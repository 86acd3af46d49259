import type { Cluster } from 'node:cluster';
import type { ScrapeSource } from '@map/metrics';
import type { WorkerGathering } from '@map/metrics/workers';
import type { Log } from '../support/log.ts';

/** Whether this process is a worker of `node:cluster`, as under pm2's cluster mode. */
export function isClusterWorker(): boolean {
  // Only a process with a channel to its parent can be one; others do not load the module.
  return process.send !== undefined && cluster().isWorker;
}

/** A worker's metrics → its primary process. */
export async function shareWithPrimary(log: Log): Promise<void> {
  const { shareMetrics } = await import('@map/metrics/workers');
  await shareMetrics();
  if (process.env['pm_id'] === undefined) {
    log.info(
      'Metrics shared with the primary process: its metrics server aggregates those of all workers. Call initializeConfig() there.',
    );
    return;
  }
  log.warn(
    "Metrics server not started: pm2's instances share METRICS_PORT, and pm2's own process does not serve metrics. Set METRICS_PORT=0 for a free port each, or run the instances in fork mode with `increment_var: 'METRICS_PORT'`.",
  );
}

/** Cluster workers, once there are any → the scrapes of their primary process. */
export function clusterSource(): ScrapeSource {
  let gathering: Promise<WorkerGathering> | undefined;
  const hasWorkers = (): boolean =>
    gathering !== undefined || Object.keys(cluster().workers ?? {}).length > 0;
  return {
    hasWorkers,
    gather: async (own, reader) => {
      if (hasWorkers()) gathering ??= gather();
      return (await gathering)?.gather(own, reader) ?? own;
    },
  };
}

async function gather(): Promise<WorkerGathering> {
  const { gatherWorkers } = await import('@map/metrics/workers');
  return gatherWorkers();
}

/** The module as a plain object, not a namespace. */
function cluster(): Cluster {
  return process.getBuiltinModule('node:cluster') as unknown as Cluster;
}
