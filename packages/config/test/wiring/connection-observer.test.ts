import { type ConnectionEvent, ConnectionManager } from '@map/connections';
import { runWithContext } from '@map/logger';
import { MetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricValue } from '@map/metrics/testing';
import { loadSettings } from '@map/settings';
import { expect, test } from 'vitest';
import { connectionObserver } from '../../src/wiring/connection-observer.ts';
import { measureConnections } from '../../src/wiring/connections.ts';
import { exemplar } from '../../src/wiring/metrics-server.ts';

function observed(...events: ConnectionEvent[]) {
  const metrics = new MetricsManager();
  const lines: [level: string, message: string, fields: unknown][] = [];
  const log = (level: string) => (message: string, fields?: object) =>
    lines.push([level, message, fields]);
  const observer = connectionObserver(metrics, {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  });
  for (const event of events) observer.observe(event);
  return {
    value: (name: string, labels: object = {}) => metricValue(name, { ...labels }, metrics),
    lines,
  };
}

const at = { pool: 'redis', kind: 'redis' } as const;

test('operations are timed by status, failures counted by code', () => {
  const { value, lines } = observed(
    { ...at, type: 'operation', operation: 'GET', status: 'success', durationMs: 2 },
    {
      ...at,
      type: 'operation',
      operation: 'SET',
      status: 'error',
      durationMs: 5,
      errorType: 'REDIS_UNAVAILABLE_9101',
    },
  );
  expect(
    value('connection_operation_duration_seconds', { operation: 'GET', status: 'success' }),
  ).toBe(1);
  expect(
    value('connection_operation_duration_seconds', { operation: 'SET', status: 'error' }),
  ).toBe(1);
  expect(value('connection_pool_errors_total', { error_type: 'REDIS_UNAVAILABLE_9101' })).toBe(1);
  // A line an operation would drown everything else.
  expect(lines).toEqual([]);
});

test('waits, openings and losses are counted', () => {
  const { value, lines } = observed(
    { ...at, type: 'wait', status: 'success', durationMs: 1 },
    { ...at, type: 'wait', status: 'error', durationMs: 9, errorType: 'POOL_EXHAUSTED_9006' },
    { ...at, type: 'open', status: 'success', durationMs: 1 },
    { ...at, type: 'open', status: 'error', durationMs: 1, errorType: 'CONNECTION_REFUSED_9001' },
    { ...at, type: 'close', reason: 'idle' },
  );
  expect(value('connection_pool_wait_seconds')).toBe(2);
  expect(value('connection_pool_timeouts_total')).toBe(1);
  expect(value('connection_pool_created_connections_total')).toBe(1);
  expect(value('connection_pool_errors_total')).toBe(2);
  expect(lines.map(([level]) => level)).toEqual(['debug', 'warn', 'debug']);
});

test('a server that is away causes one warning, and a line when it is back', () => {
  const refused = {
    ...at,
    type: 'open',
    status: 'error',
    durationMs: 1,
    errorType: 'CONNECTION_REFUSED_9001',
  } as const;
  const { lines } = observed(
    refused,
    refused,
    { ...refused, pool: 'other' },
    { ...at, type: 'open', status: 'success', durationMs: 1 },
    refused,
  );
  expect(lines.filter(([level]) => level !== 'debug')).toMatchObject([
    ['warn', 'Connection not opened', { pool: 'redis', error_type: 'CONNECTION_REFUSED_9001' }],
    ['warn', 'Connection not opened', { pool: 'other' }],
    ['info', 'Connection restored', { pool: 'redis' }],
    ['warn', 'Connection not opened', { pool: 'redis' }],
  ]);
});

test('a lost connection and a lease that is not released cause warnings', () => {
  const error = new Error('reset');
  const { lines, value } = observed(
    { ...at, type: 'error', errorType: 'CONNECTION_RESET_9002', error },
    { ...at, type: 'leak', heldMs: 31_000, takenAt: 'at work.ts:7' },
  );
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['warn', 'Connection failed'],
    ['warn', 'Lease not released'],
  ]);
  expect(lines[0]?.[2]).toMatchObject({
    error: { message: 'reset' },
    error_type: 'CONNECTION_RESET_9002',
  });
  expect(lines[1]?.[2]).toMatchObject({ held_ms: 31_000, taken_at: 'at work.ts:7' });
  expect(value('connection_pool_errors_total')).toBe(1);
});

test('an exemplar carries the trace of the context, and it is absent outside', () => {
  expect(exemplar()).toBeUndefined();
  expect(runWithContext({ trace_id: 'trace-1' }, exemplar)).toEqual({ trace_id: 'trace-1' });
});

test('a scrape sees how many connections are open, used, waited for and allowed', async () => {
  const metrics = new MetricsManager();
  const connections = new ConnectionManager({ redis: { pool: { max: 7 } } });
  const { redis } = connections.stats();
  const stats = { redis: { ...redis, open: 5, inUse: 3, waiting: 2 } };
  const stop = measureConnections(
    { stats: () => stats as ReturnType<typeof connections.stats> },
    metrics,
  );
  await metrics.collect();
  const value = (name: string, labels: object = {}) => metricValue(name, { ...labels }, metrics);
  expect(value('connection_pool_connections', { pool: 'redis', state: 'used' })).toBe(3);
  expect(value('connection_pool_connections', { pool: 'redis', state: 'idle' })).toBe(2);
  expect(value('connection_pool_pending_requests', { pool: 'redis' })).toBe(2);
  // The pool, the connection that everybody shares, and the subscriber's.
  expect(value('connection_pool_max_connections', { pool: 'redis' })).toBe(9);
  stop();
  await connections.closeAllConnections();
});

test.each(['', 'map_', '_', 'map:', ':', '9map', 'a-b'])(
  'prefix %j is taken by the settings and by the metrics, or by neither',
  (prefix) => {
    const accepts = (use: () => unknown) => {
      try {
        use();
        return true;
      } catch {
        return false;
      }
    };
    const env = { METRICS_PREFIX: prefix };
    expect(accepts(() => loadSettings({ env, envFiles: [] }))).toBe(
      accepts(() => new MetricsManager({ prefix })),
    );
  },
);

test('retries are counted for the model call that they are part of, circuits are logged and in a gauge', () => {
  const retry: ConnectionEvent = {
    pool: 'llm:openai',
    kind: 'http',
    type: 'retry',
    operation: 'POST',
    attempt: 1,
    delayMs: 12.34,
    errorType: 'LLM_RATE_LIMITED_5001',
  };
  const circuit = { pool: 'llm:openai', kind: 'http', type: 'circuit' } as const;
  const server = 'https://api.example.com';
  const { value, lines } = observeLlm({ provider: 'openai', model: 'gpt-4' }, () =>
    observed(retry, { ...circuit, server, state: 'open' }, { ...circuit, server, state: 'closed' }),
  );
  const labels = { provider: 'openai', model: 'gpt-4', reason: 'LLM_RATE_LIMITED_5001' };
  expect(value('llm_retries_total', labels)).toBe(1);
  expect(value('connection_pool_errors_total')).toBe(0);
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['debug', 'Request retried'],
    ['warn', 'Circuit breaker changed'],
    ['info', 'Circuit breaker changed'],
  ]);
  expect(observed(retry).value('llm_retries_total')).toBe(0);

  const ofCircuit = { pool: 'llm:openai', kind: 'http', server };
  for (const [state, expected] of [
    ['closed', 0],
    ['half_open', 1],
    ['open', 2],
  ] as const) {
    const gauge = observed({ ...circuit, server, state: 'open' }, { ...circuit, server, state });
    expect(gauge.value('connection_circuit_state', ofCircuit)).toBe(expected);
  }
});
