import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { expect, test } from 'vitest';
import { CATALOGUE, MetricsManager } from '../../src/index.ts';
import { type MetricProducerOptions, metricProducer } from '../../src/otel/otel.ts';
import { snapshotMetrics } from '../../src/testing.ts';

/** Exports through the SDK's own reader. */
async function exported(options: MetricProducerOptions): Promise<MetricData[]> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 1e6,
    metricProducers: [metricProducer(options)],
  });
  const provider = new MeterProvider({ readers: [reader] });
  await provider.forceFlush();
  const [collection] = exporter.getMetrics();
  await provider.shutdown();
  const scopes = collection?.scopeMetrics.filter(({ scope }) => scope.name === '@map/metrics');
  return scopes?.flatMap(({ metrics }) => metrics) ?? [];
}

/** Records something in every metric of the catalogue. */
function filled(): MetricsManager {
  const manager = new MetricsManager({ prefix: 'app_', defaultLabels: { service: 'api' } });
  for (const [category, metrics] of Object.entries(CATALOGUE)) {
    for (const key of Object.keys(metrics)) {
      const metric = manager.metric(category as 'llm', key as 'duration') as unknown as {
        type: string;
        labelNames: readonly string[];
        inc(labels: object, value: number): void;
        observe(labels: object, value: number): void;
      };
      const labels = Object.fromEntries(
        metric.labelNames.map((name) => [name, name === 'kind' ? 'redis' : `${name} "1"`]),
      );
      if (metric.type === 'histogram') metric.observe(labels, 0.1 + 0.2);
      else metric.inc(labels, 0.1 + 0.2);
    }
  }
  return manager;
}

test('each series is exported with the values that a scrape shows', async () => {
  const manager = filled();
  const metrics = await exported({ manager });
  const seen = metrics.flatMap((metric) =>
    (metric.dataPoints as { attributes: Record<string, unknown>; value: unknown }[]).map(
      ({ attributes, value }) => {
        const { service, ...labels } = attributes;
        expect(service).toBe('api');
        if (metric.dataPointType !== DataPointType.HISTOGRAM) {
          const type = metric.dataPointType === DataPointType.SUM ? 'counter' : 'gauge';
          return { name: metric.descriptor.name, type, labels, value };
        }
        const { count, sum, buckets } = value as (typeof metric.dataPoints)[number]['value'];
        let cumulative = 0;
        const entries = buckets.counts.map((some, i) => {
          cumulative += some;
          return [String(buckets.boundaries[i] ?? '+Inf'), cumulative];
        });
        const rest = { value: count, sum, buckets: Object.fromEntries(entries) };
        return { name: metric.descriptor.name, type: 'histogram', labels, ...rest };
      },
    ),
  );
  // A figure that is measured at each read changes every time.
  const stable = <S extends { name: string }>(series: S[]): S[] =>
    series.map((one) => (/^app_(nodejs|process)_/.test(one.name) ? { ...one, value: 0 } : one));
  expect(stable(seen)).toEqual(stable(snapshotMetrics(manager)));
  expect(seen.length).toBeGreaterThan(50);
});

test('the names of the conventions are those of the conventions', async () => {
  const manager = filled();
  manager.trackConnection(
    'duration',
    { pool: 'api', kind: 'http', operation: 'GET', status: 'success' },
    1,
  );
  manager.trackHttp('duration', { method: 'GET', route: '/a', status_code: '404' }, 1);
  const metrics = await exported({ manager, names: 'conventions' });
  const renamed = metrics.filter(({ descriptor }) => !descriptor.name.startsWith('app_'));
  const known = new Set<unknown>(Object.values(conventions));
  expect(renamed.map(({ descriptor }) => descriptor.name).sort()).toEqual([
    'db.client.connection.count',
    'db.client.connection.max',
    'db.client.connection.pending_requests',
    'db.client.connection.timeouts',
    'db.client.connection.wait_time',
    'db.client.operation.duration',
    'gen_ai.client.operation.duration',
    'gen_ai.client.operation.time_per_output_chunk',
    'gen_ai.client.operation.time_to_first_chunk',
    'gen_ai.client.token.usage',
    'http.server.active_requests',
    'http.server.request.body.size',
    'http.server.request.duration',
    'http.server.response.body.size',
  ]);
  for (const { descriptor, dataPoints } of renamed) {
    expect(known).toContain(descriptor.name);
    for (const { attributes } of dataPoints) {
      const { service: _, ...own } = attributes;
      for (const name of Object.keys(own)) expect(known).toContain(name);
    }
  }
  const durations = renamed.find(
    ({ descriptor }) => descriptor.name === 'http.server.request.duration',
  );
  expect(durations?.dataPoints.at(-1)?.attributes).toEqual({
    service: 'api',
    'http.request.method': 'GET',
    'http.route': '/a',
    'http.response.status_code': 404,
  });
  // A metric without a convention keeps its name.
  const rest = metrics.find(
    ({ descriptor }) => descriptor.name === 'app_connection_operation_duration_seconds',
  );
  expect(rest?.dataPoints.map(({ attributes }) => attributes['kind'])).toEqual(['http']);
});

test('tokens and failures have the words of the conventions', async () => {
  const manager = new MetricsManager();
  const model = { provider: 'p', model: 'm' };
  manager.trackLlm('requestTokens', { ...model, type: 'prompt' }, 5);
  manager.trackLlm('duration', { ...model, operation: 'chat', status: 'success' }, 1);
  manager.trackLlm('duration', { ...model, operation: 'chat', status: 'error' }, 1);
  const points = (await exported({ manager, names: 'conventions' })).flatMap((metric) =>
    metric.dataPoints.map(({ attributes }) => attributes),
  );
  const named = { 'gen_ai.provider.name': 'p', 'gen_ai.request.model': 'm' };
  expect(points).toEqual(
    expect.arrayContaining([
      { ...named, 'gen_ai.token.type': 'input' },
      { ...named, 'gen_ai.operation.name': 'chat' },
      { ...named, 'gen_ai.operation.name': 'chat', 'error.type': 'error' },
    ]),
  );
});

test('with metrics disabled nothing is exported; a wrong option is refused', async () => {
  const manager = new MetricsManager({ enabled: false });
  manager.trackCache('hits', { cache: 'a' });
  expect(await exported({ manager })).toEqual([]);
  expect(() => metricProducer({ names: 'otel' as never })).toThrow(
    '`names` must be "map" or "conventions", got "otel".',
  );
});
