import { type PrometheusServer, promtoolRun, startPrometheus } from '@map-tooling/testing';
import client from 'prom-client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { alertRules } from '../../src/dashboards/dashboards.ts';
import {
  CATALOGUE,
  type MetricDefinition,
  MetricsManager,
  type MetricsServer,
  startMetricsServer,
} from '../../src/index.ts';
import { snapshotMetrics } from '../../src/testing.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const HOSTILE_TRACE = 'a\0b\n"c\\\ud800\u0001';
const HOSTILE = 'a"b\\c\nd,e="f"}\u2028é😀\u0001';

/** A manager in which every metric of the catalogue has been measured. */
function everything(): MetricsManager {
  const manager = new MetricsManager({
    strict: true,
    version: '1',
    exemplar: () => ({ trace_id: TRACE }),
  });
  for (const [category, metrics] of Object.entries(CATALOGUE)) {
    if (category === 'self') continue;
    for (const [key, definition] of Object.entries(metrics) as [string, MetricDefinition][]) {
      const labels = Object.fromEntries(definition.labels.map((label) => [label, HOSTILE]));
      const handle = manager.metric(category as 'llm', key as 'requests');
      if (definition.type === 'counter') handle.inc(labels as never, 3);
      else if (definition.type === 'gauge')
        (handle as never as { set(l: object, v: number): void }).set(labels, 7);
      else (handle as never as { observe(l: object, v: number): void }).observe(labels, 0.3);
    }
  }
  return manager;
}

test('promtool has nothing to say about any metric', async () => {
  const server = await startMetricsServer({ port: 0, manager: everything() });
  onTestFinished(() => server.stop());
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toContain('connection_pool_wait_seconds_bucket');
  expect(await promtoolRun(['check', 'metrics'], text)).toEqual({ exitCode: 0, output: '' });
});

/** A manager and a registry whose labels, help and exemplars have hostile characters. */
function hostile(): { manager: MetricsManager; registries: client.Registry[] } {
  const manager = new MetricsManager({
    strict: true,
    exemplar: () => ({ trace_id: HOSTILE_TRACE }),
    defaultLabels: { service: HOSTILE_TRACE },
  });
  manager.defineCounter({ name: 'odd_total', help: HOSTILE_TRACE }).inc();
  const registry = new client.Registry();
  registry.setContentType(client.openMetricsContentType as never);
  new client.Counter({
    name: 'legacy_total',
    help: 'l',
    registers: [registry],
    enableExemplars: true,
  }).inc({ value: 1, labels: {}, exemplarLabels: { trace_id: HOSTILE_TRACE } });
  return { manager, registries: [registry] };
}

describe('a real Prometheus', () => {
  const manager = everything();
  let servers: MetricsServer[];
  let prometheus: PrometheusServer;
  // On a busy machine a later scrape may take too long, which makes its series stale.
  const scraped = (selector: string) => prometheus.query(`last_over_time(${selector}[5m])`);
  const one = async (selector: string) => (await scraped(selector))[0];
  /** The selector of a server's series. */
  const of = (i: number) => `instance="127.0.0.1:${servers[i]?.port}"`;

  beforeAll(async () => {
    servers = [
      await startMetricsServer({ port: 0, manager }),
      await startMetricsServer({ port: 0, ...hostile() }),
    ];
    prometheus = await startPrometheus({
      targets: servers.map(({ port }) => `127.0.0.1:${port}`),
      rules: { 'alerts.yml': JSON.stringify(alertRules()) },
      args: ['--enable-feature=exemplar-storage'],
    });
    await vi.waitFor(
      async () => {
        const up = await prometheus.query('max_over_time(up[5m])');
        expect(up).toMatchObject([{ value: 1 }, { value: 1 }]);
      },
      { timeout: 30_000 },
    );
  });
  afterAll(async () => {
    await Promise.all([prometheus?.stop(), ...servers.map((server) => server.stop())]);
  });

  test('reads every value back, labels and exemplars included', async () => {
    expect(await one(`llm_tokens_total{${of(0)}}`)).toMatchObject({
      value: 3,
      metric: { provider: HOSTILE, model: HOSTILE, type: HOSTILE },
    });
    for (const { name, type, value, sum } of snapshotMetrics(manager)) {
      if (/^(metrics|nodejs|map)_/.test(name)) continue;
      const read = await one(`${type === 'histogram' ? `${name}_sum` : name}{${of(0)}}`);
      expect([name, read?.value]).toEqual([name, sum ?? value]);
    }
    const bucket = await one(`llm_request_duration_seconds_bucket{${of(0)},le="0.32"}`);
    expect(bucket).toMatchObject({ value: 1 });
    const now = Date.now() / 1000;
    const query = `query_exemplars?query=llm_request_duration_seconds_bucket&start=${now - 300}&end=${now + 60}`;
    expect(JSON.stringify(await prometheus.api(query))).toContain(TRACE);
  });

  test('accepts any text of an exemplar, a default label or a help', async () => {
    // A scrape with one line that it cannot read keeps nothing.
    expect(await scraped(`odd_total{${of(1)}}`)).toMatchObject([{ value: 1 }]);
    expect(await scraped(`legacy_total{${of(1)}}`)).toMatchObject([{ value: 1 }]);
  });

  test('accepts every alert', async () => {
    const { groups } = (await prometheus.api('rules')) as {
      groups: { rules: { name: string; health: string }[] }[];
    };
    expect(groups[0]?.rules.map(({ name }) => name)).toEqual(
      alertRules().groups[0]?.rules.map(({ alert }) => alert),
    );
  });
});
