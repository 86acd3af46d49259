import type { HealthReport } from '@map/lifecycle';
import { getContext } from '@map/logger';
import { type HealthAnswer, type MetricsServer, startMetricsServer } from '@map/metrics';
import type { Settings } from '@map/settings';
import { toErrorText } from '../support/error-text.ts';
import type { Log } from '../support/log.ts';

/** The sources of the health endpoints. */
export interface HealthSources {
  readonly live: () => HealthReport;
  readonly ready: () => Promise<HealthReport>;
}

/**
 * Health checks → the metrics server. If the port is taken, logs an error and continues without the
 * server.
 */
export async function serveMetrics(
  settings: Settings,
  health: HealthSources,
  log: Log,
): Promise<MetricsServer | undefined> {
  try {
    const server = await startMetricsServer({
      port: settings.METRICS_PORT,
      host: settings.METRICS_HOST,
      health: () => publicAnswer(health.live()),
      ready: async () => publicAnswer(await health.ready()),
    });
    log.info('Metrics server started', { url: server.url });
    return server;
  } catch (error) {
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
