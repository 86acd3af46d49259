import type { HealthReport, HealthSources } from '@map/lifecycle';
import { getContext } from '@map/logger';
import {
  type HealthAnswer,
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from '@map/metrics';
import type { Settings } from '@map/settings';
import { toErrorText } from '../support/error-text.ts';
import type { Log } from '../support/log.ts';
import { clusterSource, isClusterWorker, shareWithPrimary } from './cluster.ts';

/** Options of the metrics server beyond those of the settings. */
export type MetricsServerAccess = Pick<
  MetricsServerOptions,
  'auth' | 'tls' | 'registries' | 'source' | 'processMetrics'
>;

/**
 * Health checks → the metrics server. If the port is taken, logs an error and continues without the
 * server.
 *
 * Cluster workers share one port, so that each scrape would show one of them in turn: they pass
 * their metrics to the primary, whose server adds them up.
 */
export async function serveMetrics(
  settings: Settings,
  access: MetricsServerAccess,
  health: HealthSources,
  log: Log,
): Promise<MetricsServer | undefined> {
  if (isClusterWorker() && settings.METRICS_PORT !== 0) {
    await shareWithPrimary(log);
    return undefined;
  }
  try {
    const server = await startMetricsServer({
      source: clusterSource(),
      ...access,
      port: settings.METRICS_PORT,
      host: settings.METRICS_HOST,
      health: () => publicAnswer(health.live()),
      ready: async () => publicAnswer(await health.ready()),
    });
    log.info('Metrics server started', { url: server.url });
    return server;
  } catch (error) {
    if ((error as { code?: string }).code === 'METRICS_OPTION_INVALID') throw error;
    log.error(`Metrics server not started: ${toErrorText(error)}`);
    return undefined;
  }
}

/** Log context → exemplars: the trace that a measurement belongs to. */
export function exemplar(): { readonly trace_id: string } | undefined {
  const traceId = getContext()?.traceId;
  return traceId === undefined ? undefined : { trace_id: traceId };
}

/** Leaves out the messages of failed checks: anyone may read the answer. */
function publicAnswer({ checks, ...report }: HealthReport): HealthAnswer {
  const shown = Object.entries(checks).map(([name, { error: _error, ...check }]) => [name, check]);
  return {
    ok: report.status !== 'fail',
    report: { ...report, checks: Object.fromEntries(shown) },
  };
}
