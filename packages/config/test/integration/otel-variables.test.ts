import { expect, test } from 'vitest';
import { runChild } from '../support/child.ts';
import { startCollector } from '../support/collector.ts';

/** Runs a task under the real NodeSDK, which exports to a collector on loopback. */
async function run(variables: Record<string, string>) {
  const collector = await startCollector();
  const child = runChild('test/fixtures/node-sdk.ts', {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      OTEL_LOGS_EXPORTER: 'otlp',
      ...variables,
    },
  });
  const { code } = await child.ended;
  expect([code, child.stderr]).toEqual([0, '']);
  expect(child.records).toContainEqual({ what: 'shutdown', ok: true });
  const line = child.records.find(({ message }) => message === 'worked');
  return { collector, line };
}

const spansOf = (collector: Awaited<ReturnType<typeof startCollector>>) =>
  collector.spans().map(({ name }) => name);
const linesOf = (collector: Awaited<ReturnType<typeof startCollector>>) =>
  collector.lines().map(({ body }) => body.stringValue);
const metricsOf = (collector: Awaited<ReturnType<typeof startCollector>>) =>
  collector.metrics().map(({ name }) => name);

test('OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES name the service in spans, lines and metrics; OTEL_EXPORTER_OTLP_HEADERS is sent', async () => {
  const { collector } = await run({
    OTEL_SERVICE_NAME: 'shop',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=test',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=pear',
  });
  expect(spansOf(collector)).toEqual(['task ingest']);
  expect(linesOf(collector)).toContain('worked');
  expect(metricsOf(collector)).toContain('tasks_completed_total');
  for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics']) {
    const resources = collector.resources(path);
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) {
      expect(resource).toMatchObject({
        'service.name': 'shop',
        'deployment.environment.name': 'test',
      });
    }
  }
  expect(new Set(collector.requests.map(({ headers }) => headers['x-tenant']))).toEqual(
    new Set(['pear']),
  );
});

test('OTEL_SDK_DISABLED exports nothing, and the work goes its way', async () => {
  const { collector, line } = await run({ OTEL_SDK_DISABLED: 'true' });
  expect(collector.requests).toEqual([]);
  expect(line).toMatchObject({ trace_id: expect.stringMatching(/^[\da-f]{32}$/) });
  expect(line).not.toHaveProperty('span_id');
});

test.each([
  ['always_off', undefined, []],
  ['traceidratio', '0', []],
  ['parentbased_traceidratio', '1', ['task ingest']],
])(
  'OTEL_TRACES_SAMPLER=%s with the argument %s decides on spans alone',
  async (sampler, argument, spans) => {
    const { collector, line } = await run({
      OTEL_TRACES_SAMPLER: sampler,
      ...(argument !== undefined && { OTEL_TRACES_SAMPLER_ARG: argument }),
    });
    expect(spansOf(collector)).toEqual(spans);
    expect(line).toMatchObject({ trace_flags: spans.length });
    expect(linesOf(collector)).toContain('worked');
    expect(metricsOf(collector)).toContain('tasks_completed_total');
  },
);

test('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_LOGS_EXPORTER and METRICS_ENABLED are each of one signal', async () => {
  const other = await startCollector();
  const { collector } = await run({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${other.url}/v1/traces`,
    OTEL_LOGS_EXPORTER: 'none',
    METRICS_ENABLED: 'false',
  });
  expect([spansOf(other), spansOf(collector)]).toEqual([['task ingest'], []]);
  expect([linesOf(collector), metricsOf(collector)]).toEqual([[], []]);
});
