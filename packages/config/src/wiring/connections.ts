import { type ConnectionManager, getConnectionManager } from '@map/connections';
import { getTraceHeaders } from '@map/logger';
import type { MetricsManager } from '@map/metrics';
import type { Settings } from '@map/settings';
import type { Log } from '../support/log.ts';
import { connectionObserver } from './connection-observer.ts';
import { httpOptions, redisOptions } from './connection-options.ts';

/** Settings → connections, which report to metrics and logs and propagate the trace. */
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

/** Connections → gauges, at each scrape; returns the function that stops it. */
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
