import type { ConnectionEvent, ConnectionObserver } from '@map/connections';
import { convertException } from '@map/errors';
import type { MetricsManager } from '@map/metrics';
import { currentLlmCall } from '@map/metrics/kernel';
import { redactValue } from '@map/redaction';
import { type Log, roundMs } from '../support/log.ts';

const circuitValue = { closed: 0, half_open: 1, open: 2 } as const;

/** Connections → metrics and logs. */
export function connectionObserver(metrics: MetricsManager, log: Log): ConnectionObserver {
  const failed = new Set<string>();
  return {
    observe: (event) => {
      count(event, metrics);
      report(event, failed, log);
      reportRecovery(event, failed, log);
    },
  };
}

function count(event: ConnectionEvent, metrics: MetricsManager): void {
  const { pool, kind } = event;
  const labels = { pool, kind };
  // The errors of attempts that are repeated are counted as retries.
  if (event.type !== 'retry' && 'errorType' in event && event.errorType !== undefined) {
    metrics.trackConnection('errors', { ...labels, error_type: event.errorType });
  }
  switch (event.type) {
    case 'operation': {
      const { operation, status, durationMs } = event;
      metrics.trackConnection('duration', { ...labels, operation, status }, durationMs / 1e3);
      return;
    }
    case 'wait':
      metrics.trackConnection('wait', labels, event.durationMs / 1e3);
      if (event.status === 'error') metrics.trackConnection('timeouts', labels);
      return;
    case 'retry': {
      const call = currentLlmCall();
      if (call === undefined) return;
      metrics.trackLlm('retries', { ...call, reason: event.errorType });
      return;
    }
    case 'open':
      if (event.status === 'success') metrics.trackConnection('created', labels);
      return;
    case 'circuit': {
      const { server, state } = event;
      metrics.trackConnection('circuit', { ...labels, server }, circuitValue[state]);
      return;
    }
    default:
  }
}

/** Logs that a connection works again, once after each failure. */
function reportRecovery(event: ConnectionEvent, failed: Set<string>, log: Log): void {
  const { pool, kind, type } = event;
  const isFailure = type === 'error' || (type === 'open' && event.status === 'error');
  if (isFailure) failed.add(pool);
  else if (type === 'open' && failed.delete(pool)) log.info('Connection restored', { pool, kind });
}

/** Operations and waits are not logged: a line for each would hide everything else. */
function report(event: ConnectionEvent, failed: ReadonlySet<string>, log: Log): void {
  const { pool, kind } = event;
  const labels = { pool, kind };
  switch (event.type) {
    case 'open': {
      const isFirstFailure = event.status === 'error' && !failed.has(pool);
      const message = `Connection ${event.status === 'success' ? 'opened' : 'not opened'}`;
      // Attempts are many while a server is away.
      log[isFirstFailure ? 'warn' : 'debug'](message, {
        ...labels,
        duration_ms: roundMs(event.durationMs),
        ...(event.errorType !== undefined && { error_type: event.errorType }),
      });
      return;
    }
    case 'close':
      log.debug('Connection closed', { ...labels, reason: event.reason });
      return;
    case 'error':
      log.warn('Connection failed', {
        ...labels,
        error_type: event.errorType,
        // The redacted form: a driver's own error may hold credentials.
        error: redactValue(convertException(event.error).toJSON()),
      });
      return;
    case 'retry':
      log.debug('Request retried', {
        ...labels,
        operation: event.operation,
        attempt: event.attempt,
        delay_ms: roundMs(event.delayMs),
        error_type: event.errorType,
      });
      return;
    case 'circuit':
      log[event.state === 'open' ? 'warn' : 'info']('Circuit breaker changed', {
        ...labels,
        server: event.server,
        state: event.state,
      });
      return;
    case 'leak':
      log.warn('Lease not released', {
        ...labels,
        held_ms: roundMs(event.heldMs),
        taken_at: event.takenAt,
      });
      return;
    default:
  }
}
