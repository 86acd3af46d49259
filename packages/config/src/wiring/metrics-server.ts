import type { HealthSources } from '@map/lifecycle';
import { getContext } from '@map/logger';
import { type MetricsServer, type MetricsServerOptions, startMetricsServer } from '@map/metrics';
import { activeSpan } from '@map/redaction/kernel';
import type { Settings } from '@map/settings';
import { toErrorText } from '../support/error-text.ts';
import type { Log } from '../support/log.ts';
import { clusterSource, isClusterWorker, shareWithPrimary } from './cluster.ts';
import { type StatusPageAccess, statusPageOptions } from './status-page.ts';

/** Options of the metrics server beyond those of the settings. */
export interface MetricsServerAccess
  extends Pick<MetricsServerOptions, 'auth' | 'tls' | 'registries' | 'source' | 'processMetrics'> {
  /** The content of the status page. */
  readonly statusPage?: StatusPageAccess | undefined;
}

/**
 * Health checks → the metrics server. If the port is taken, logs an error and continues without the
 * server.
 *
 * Cluster workers share one port, so that each scrape would show one of them in turn: they pass
 * their metrics to the primary, whose server adds them up.
 */
export async function serveMetrics(
  settings: Settings,
  source: unknown,
  { statusPage = {}, ...access }: MetricsServerAccess,
  health: HealthSources,
  log: Log,
): Promise<MetricsServer | undefined> {
  if (isClusterWorker() && settings.METRICS_PORT !== 0) {
    await shareWithPrimary(log);
    return undefined;
  }
  const page = statusPageOptions(statusPage, source);
  try {
    const server = await startMetricsServer({
      source: clusterSource(),
      statusPage: page,
      ...access,
      port: settings.METRICS_PORT,
      host: settings.METRICS_HOST,
      health: () => health.live(),
      ready: () => health.ready(),
    });
    log.info('Metrics server started', { url: server.url });
    return server;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'METRICS_OPTION_INVALID') throw error;
    const { METRICS_HOST: host, METRICS_PORT: port } = settings;
    // The message of the metrics names its own option.
    const text =
      code === 'METRICS_PORT_IN_USE'
        ? `${code}: Port ${port} on ${host} is in use. Set METRICS_PORT to another one, or to 0 for any free port.`
        : toErrorText(error);
    log.error(`Metrics server not started: ${text}`);
    return undefined;
  }
}

const SAMPLED = 1;

/** Active span or log context → exemplars: the trace that a measurement belongs to. */
export function exemplar(): { readonly trace_id: string; readonly span_id?: string } | undefined {
  const span = activeSpan();
  if (span !== undefined && (span.traceFlags & SAMPLED) === SAMPLED) {
    return { trace_id: span.traceId, span_id: span.spanId };
  }
  const traceId = getContext()?.traceId;
  return traceId === undefined ? undefined : { trace_id: traceId };
}
