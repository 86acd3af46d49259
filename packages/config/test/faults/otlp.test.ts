import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChild } from '../support/child.ts';
import { startCollector } from '../support/collector.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test.each([
  ['http/json', 'application/json'],
  ['http/protobuf', 'application/x-protobuf'],
])(
  '%s: planner, queue, worker, model, tool and MCP server are one trace, with log lines, exemplars and equal metrics',
  async (protocol, type) => {
    const collector = await startCollector();
    const env = {
      REDIS_URL: redis.url,
      METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    };
    const worker = runChild('test/fixtures/traced.ts', { env, args: ['worker'] });
    const planner = runChild('test/fixtures/traced.ts', { env, args: ['planner'] });
    expect(await Promise.all([planner.ended, worker.ended])).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    await expect.poll(() => collector.spans().length, { timeout: 60_000 }).toBe(5);

    expect([...collector.types]).toEqual([type]);

    const named = (name: string) => collector.spans().find((span) => span.name === name);
    const chain = [
      'invoke_agent planner',
      'task ingest',
      'execute_tool search',
      'execute_tool lookup',
    ];
    expect(named('invoke_agent planner')?.parentSpanId).toBeUndefined();
    for (const [i, name] of chain.entries()) {
      if (i > 0) expect(named(name)?.parentSpanId).toBe(named(chain[i - 1] ?? '')?.spanId);
    }
    expect(named('chat m')?.parentSpanId).toBe(named('task ingest')?.spanId);
    const traces = new Set(collector.spans().map(({ traceId }) => traceId));
    expect(traces.size).toBe(1);
    const [traceId = ''] = traces;

    await expect
      .poll(() => collector.lines().map((line) => line.body.stringValue))
      .toContain('looked up');
    const lineOf = (text: string) =>
      collector.lines().find(({ body }) => body.stringValue === text);
    expect(lineOf('planned')).toMatchObject({
      traceId,
      spanId: named('invoke_agent planner')?.spanId,
    });
    expect(lineOf('asked')).toMatchObject({ traceId, spanId: named('chat m')?.spanId });
    expect(lineOf('looked up')).toMatchObject({
      traceId,
      spanId: named('execute_tool lookup')?.spanId,
    });

    // Each line of a unit of work is of a span of this trace; the others are of none.
    const spanIds = collector.spans().map(({ spanId }) => spanId);
    const inSpans = collector.lines().filter(({ spanId }) => spanId !== undefined && spanId !== '');
    expect(inSpans.length).toBeGreaterThanOrEqual(3);
    for (const line of inSpans) {
      expect(line.traceId).toBe(traceId);
      expect(spanIds).toContain(line.spanId);
    }

    const seen = worker.records.find(({ what }) => what === 'metrics') as unknown as {
      text: string;
      scraped: string;
    };
    const exemplars = seen.scraped.split('\n').filter((line) => line.includes('# {'));
    const exemplarOf = (metric: string) => exemplars.find((line) => line.startsWith(metric));
    expect(exemplarOf('llm_request_duration_seconds_bucket')).toContain(
      `trace_id="${traceId}",span_id="${named('chat m')?.spanId}"`,
    );
    for (const exemplar of exemplars) {
      const [, trace, span] = /# \{trace_id="(\w+)",span_id="(\w+)"/.exec(exemplar) ?? [];
      expect(trace).toBe(traceId);
      expect(spanIds).toContain(span);
    }
    expect(exemplarOf('task_duration_seconds_bucket')).toContain(named('task ingest')?.spanId);

    // The figures of the scrape, to the last digit.
    const shown = (name: string) =>
      seen.text.split('\n').flatMap((line) => {
        const [, value] = new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`).exec(line) ?? [];
        return value === undefined ? [] : [Number(value)];
      });
    const exported = (name: string, kind: 'sum' | 'histogram') =>
      collector
        .metrics()
        .filter((metric) => metric.name === name)
        .flatMap((metric) => metric[kind]?.dataPoints ?? [])
        .map(({ asDouble, sum }) => asDouble ?? sum);
    for (const name of ['llm_tokens_total', 'llm_cost_usd_total', 'tasks_completed_total']) {
      expect(shown(name).length).toBeGreaterThan(0);
      expect(exported(name, 'sum')).toEqual(shown(name));
    }
    for (const name of [
      'llm_request_duration_seconds',
      'task_duration_seconds',
      'task_queue_wait_seconds',
    ]) {
      expect(shown(`${name}_sum`).length).toBe(1);
      expect(exported(name, 'histogram')).toEqual(shown(`${name}_sum`));
    }
  },
);

test('a collector that hangs does not hold the shutdown, which says what it could not flush', async () => {
  const collector = await startCollector(true);
  const planner = runChild('test/fixtures/traced.ts', {
    env: {
      REDIS_URL: redis.url,
      SHUTDOWN_TIMEOUT: '3s',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
    },
    args: ['planner'],
  });
  expect(await planner.ended).toMatchObject({ signal: null });
  expect(planner.stdout).toMatch(/Telemetry not flushed: traces: .* not completed within \d+ ms/);
});
