import {
  type ConnectionEvent,
  type ConnectionManager,
  type ConnectionObserver,
  getConnectionManager,
} from '@map/connections';
import { getContext, getTraceHeaders, type LoggingOptions } from '@map/logger';
import {
  type HealthAnswer,
  type MetricsManager,
  type MetricsServer,
  startMetricsServer,
} from '@map/metrics';
import type { Settings } from '@map/settings';
import { httpOptions, redisOptions } from './connection-options.ts';
import { toErrorText } from './error-text.ts';
import type { HealthReport } from './health.ts';

/** The part of a logger that the wiring writes to. */
interface Log {
  debug(message: string, fields?: Record<string, unknown>): unknown;
  info(message: string, fields?: Record<string, unknown>): unknown;
  warn(message: string, fields?: Record<string, unknown>): unknown;
  error(message: string, fields?: Record<string, unknown>): unknown;
}

/** Settings → logging, with the secrets of the settings kept out of every line. */
export function loggingOptions(settings: Settings, secrets: readonly string[]): LoggingOptions {
  const { LOG_FILE, LOG_FILE_MAX_SIZE, LOG_FILE_MAX_FILES } = settings;
  return {
    level: settings.LOG_LEVEL,
    levels: settings.LOG_LEVELS,
    format: settings.LOG_FORMAT,
    caller: settings.LOG_CALLER ? 'WARNING' : 'never',
    redact: { values: secrets },
    ...(LOG_FILE !== undefined && {
      file: {
        path: LOG_FILE,
        rotate: { sizeBytes: LOG_FILE_MAX_SIZE, keep: LOG_FILE_MAX_FILES },
      },
    }),
  };
}

/** Log context → exemplars: the trace that a measurement belongs to. */
export function exemplar(): { readonly trace_id: string } | undefined {
  const traceId = getContext()?.traceId;
  return traceId === undefined ? undefined : { trace_id: traceId };
}

/** Settings → connections, which report to metrics and logs and send the trace on. */
export function prepareConnections(
  settings: Settings,
  metrics: MetricsManager,
  log: Log,
): ConnectionManager {
  return getConnectionManager({
    redis: redisOptions(settings),
    http: httpOptions(settings),
    observer: connectionObserver(metrics, log),
    logger: log,
    traceHeaders: getTraceHeaders,
  });
}

/** Health checks → the metrics server. A port in use is told and leaves the application alive. */
export async function serveMetrics(
  settings: Settings,
  health: { readonly live: () => HealthReport; readonly ready: () => Promise<HealthReport> },
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
    log.error(`Metrics server not started: ${toErrorText(error)}`, { error });
    return undefined;
  }
}

/** What anyone may read: which check failed with which code, but not its message. */
function publicAnswer({ checks, ...report }: HealthReport): HealthAnswer {
  const shown = Object.entries(checks).map(([name, { error: _error, ...check }]) => [name, check]);
  return {
    ok: report.status !== 'failed',
    report: { ...report, checks: Object.fromEntries(shown) },
  };
}

/** Connections → gauges, at each scrape; gives back what ends that. */
export function measureConnections(
  connections: Pick<ConnectionManager, 'stats'>,
  metrics: MetricsManager,
): () => void {
  return metrics.onCollect(() => {
    for (const [pool, stats] of Object.entries(connections.stats())) {
      const { kind, open, max, inUse, waiting } = stats;
      const labels = { pool, kind };
      if (max !== undefined) metrics.trackConnection('maxConnections', labels, max);
      metrics.trackConnection('connections', { ...labels, state: 'used' }, inUse);
      metrics.trackConnection('connections', { ...labels, state: 'idle' }, open - inUse);
      metrics.trackConnection('pending', labels, waiting);
    }
  });
}

/** Connections → metrics and logs. */
export function connectionObserver(metrics: MetricsManager, log: Log): ConnectionObserver {
  return { observe: (event) => observe(event, metrics, log) };
}

function observe(event: ConnectionEvent, metrics: MetricsManager, log: Log): void {
  const { pool, kind } = event;
  const labels = { pool, kind };
  if ('errorType' in event && event.errorType !== undefined) {
    metrics.trackConnection('errors', { ...labels, error_type: event.errorType });
  }
  switch (event.type) {
    case 'operation': {
      const { operation, status } = event;
      metrics.trackConnection('duration', { ...labels, operation, status }, event.durationMs / 1e3);
      return;
    }
    case 'wait':
      metrics.trackConnection('wait', labels, event.durationMs / 1e3);
      if (event.status === 'error') metrics.trackConnection('timeouts', labels);
      return;
    case 'open':
      if (event.status === 'success') metrics.trackConnection('created', labels);
      log.debug(`Connection ${event.status === 'success' ? 'opened' : 'not opened'}`, {
        ...labels,
        duration_ms: round(event.durationMs),
        ...(event.errorType !== undefined && { error_type: event.errorType }),
      });
      return;
    case 'close':
      log.debug('Connection closed', { ...labels, reason: event.reason });
      return;
    case 'error':
      log.warn('Connection failed', {
        ...labels,
        error_type: event.errorType,
        error: event.error,
      });
      return;
    case 'leak':
      log.warn('Connection not given back', {
        ...labels,
        held_ms: round(event.heldMs),
        taken_at: event.takenAt,
      });
      return;
  }
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
