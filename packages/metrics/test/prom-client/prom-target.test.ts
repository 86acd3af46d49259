import client from 'prom-client';
import { expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { metricsText, metricValue } from '../../src/testing.ts';
import { packMetrics } from '../../src/workers/message.ts';
import { parseExposition } from '../exposition/parse-exposition.ts';

function measured(): { manager: MetricsManager; registry: client.Registry } {
  const manager = new MetricsManager({ prefix: 'app_', strict: true });
  const registry = new client.Registry();
  manager.trackLlm('requests', { model: 'a"b', status: 'success' }, 3);
  manager.registerIn(registry);
  manager.trackLlm('duration', { model: 'm' }, 0.5);
  manager.trackMemory('size', { memory_type: 'redis' }, 10);
  return { manager, registry };
}

const sorted = (text: string) =>
  parseExposition(text)
    .map(({ name, labels, value }) => {
      const { le, ...rest } = labels;
      return [name, { ...rest, ...(le === undefined ? {} : { le: Number(le) || le }) }, value];
    })
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

test('a registry of prom-client shows the same, metrics made later included', async () => {
  const { manager, registry } = measured();
  expect(sorted(await registry.metrics())).toEqual(sorted(metricsText(manager)));
});

test('an OpenMetrics scrape of that registry leaves its text scrape as it was', async () => {
  const { registry } = measured();
  const before = await registry.metrics();
  registry.setContentType(client.openMetricsContentType as never);
  const open = await registry.metrics();
  expect(open).toContain('app_llm_requests_total{model="a\\"b",status="success"} 3');
  expect(open).not.toContain('_total_total');
  registry.setContentType(client.prometheusContentType);
  expect(await registry.metrics()).toBe(before);
});

test('that registry and a message to another process have no exemplar that must not be shown', async () => {
  const shown = async (traceId: string) => {
    const manager = new MetricsManager({ exemplar: () => ({ trace_id: traceId }) });
    const registry = new client.Registry();
    manager.registerIn(registry);
    manager.trackLlm('requests', { model: 'm' });
    manager.trackLlm('duration', { model: 'm' }, 0.5);
    registry.setContentType(client.openMetricsContentType as never);
    const [requests, duration] = structuredClone([...packMetrics(manager.instruments)]);
    const sent = [...(requests?.series ?? []), ...(duration?.series ?? [])];
    return {
      scraped: (await registry.metrics()).split('\n').filter((line) => line.includes(' # {')),
      sent: sent.flatMap(({ exemplars = [] }) => exemplars).filter((one) => one !== null),
    };
  };
  expect(await shown('x'.repeat(200))).toEqual({ scraped: [], sent: [] });
  const { scraped, sent } = await shown('4711');
  expect(scraped).toHaveLength(2);
  expect(sent).toMatchObject([{ labels: { trace_id: '4711' } }, { labels: { trace_id: '4711' } }]);
});

test('its JSON can be aggregated, and its reset resets', async () => {
  const { manager, registry } = measured();
  const json = structuredClone(await registry.getMetricsAsJSON());
  const merged = client.AggregatorRegistry.aggregate([json, json]);
  const samples = parseExposition(await merged.metrics());
  expect(samples.find(({ name }) => name === 'app_llm_requests_total')?.value).toBe(6);
  expect(samples.find(({ name }) => name === 'app_llm_request_duration_seconds_count')?.value).toBe(
    2,
  );
  registry.resetMetrics();
  expect(metricValue('app_llm_requests_total', {}, manager)).toBe(0);
});

test('a name that the registry has already fails no measurement and is counted', async () => {
  const registry = new client.Registry();
  const name = 'http_requests_total';
  new client.Counter({ name, help: 'of old', registers: [registry] }).inc(7);
  const manager = new MetricsManager();
  manager.registerIn(registry);
  manager.registerIn(registry);
  manager.metric('http', 'requests').inc({ method: 'GET' });
  manager.trackHttp('requests', { method: 'GET' });
  manager.trackHttp('inFlight', { method: 'GET' }, 1);
  expect(metricValue(name, { method: 'GET' }, manager)).toBe(2);
  expect(metricValue('metrics_rejected_total', { metric: name }, manager)).toBe(1);
  const text = await registry.metrics();
  expect(text).toContain('http_requests_total 7');
  expect(text).toContain('http_requests_in_flight{method="GET"} 1');

  // A second manager clashes in every name, that of the counter of clashes included.
  const second = new MetricsManager();
  second.registerIn(registry);
  second.trackHttp('inFlight', { method: 'GET' }, 2);
  expect(metricValue('http_requests_in_flight', {}, second)).toBe(2);
  second.configure({ strict: true });
  expect(() => second.registerIn(new client.Registry())).not.toThrow();
  const taken = new client.Registry();
  new client.Gauge({ name: 'http_requests_in_flight', help: 'of old', registers: [taken] });
  expect(() => second.registerIn(taken)).toThrow(
    'The registry already has http_requests_in_flight.',
  );
});
