import client from 'prom-client';
import { expect, test } from 'vitest';
import { MetricsManager } from '../src/index.ts';
import { metricsText, metricValue } from '../src/testing.ts';
import { parseExposition } from './exposition.ts';

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
