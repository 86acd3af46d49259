import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePort,
  promtoolRun,
  provide,
  ServerProcess,
  startPrometheus,
} from '@map-tooling/testing';
import client from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { alertRules, grafanaDashboard } from '../../src/dashboards/dashboards.ts';
import {
  CATALOGUE,
  type MetricDefinition,
  MetricsManager,
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

test('a real Prometheus reads every value back, labels and exemplars included', async () => {
  const manager = everything();
  const server = await startMetricsServer({ port: 0, manager });
  onTestFinished(() => server.stop());
  const prometheus = await startPrometheus({
    targets: [`127.0.0.1:${server.port}`],
    args: ['--enable-feature=exemplar-storage'],
  });
  onTestFinished(() => prometheus.stop());
  const one = async (promql: string) => (await prometheus.query(promql))[0];
  await expect.poll(() => one('up'), { timeout: 30_000 }).toMatchObject({ value: 1 });
  const stored = async () => (await prometheus.query('{__name__=~"llm_tokens_total"}'))[0];
  await expect.poll(stored, { timeout: 30_000 }).toMatchObject({
    value: 3,
    metric: { provider: HOSTILE, model: HOSTILE, type: HOSTILE },
  });
  for (const { name, type, value, sum } of snapshotMetrics(manager)) {
    if (name.startsWith('metrics_') || name.startsWith('nodejs_') || name.startsWith('map_'))
      continue;
    const read = await one(type === 'histogram' ? `${name}_sum` : name);
    expect([name, read?.value]).toEqual([name, sum ?? value]);
  }
  expect(await one('llm_request_duration_seconds_bucket{le="0.32"}')).toMatchObject({ value: 1 });
  const now = Date.now() / 1000;
  const query = `query_exemplars?query=llm_request_duration_seconds_bucket&start=${now - 60}&end=${now + 60}`;
  expect(JSON.stringify(await prometheus.api(query))).toContain(TRACE);
});

test('no text of an exemplar, of a default label or of a help costs the scrape', async () => {
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
  const server = await startMetricsServer({ port: 0, manager, registries: [registry] });
  onTestFinished(() => server.stop());
  const prometheus = await startPrometheus({
    targets: [`127.0.0.1:${server.port}`],
    args: ['--enable-feature=exemplar-storage'],
  });
  onTestFinished(() => prometheus.stop());
  const up = async () => (await prometheus.query('up'))[0]?.value;
  await expect.poll(up, { timeout: 30_000 }).toBeDefined();
  const { activeTargets } = (await prometheus.api('targets')) as {
    activeTargets: { lastError: string }[];
  };
  expect(activeTargets.map(({ lastError }) => lastError)).toEqual(['']);
  expect(await prometheus.query('odd_total')).toMatchObject([{ value: 1 }]);
});

test('every panel and every alert is a query that a real Prometheus understands', async () => {
  const server = await startMetricsServer({ port: 0, manager: everything() });
  onTestFinished(() => server.stop());
  const rules = JSON.stringify(alertRules());
  const prometheus = await startPrometheus({
    targets: [`127.0.0.1:${server.port}`],
    rules: { 'alerts.yml': rules },
  });
  onTestFinished(() => prometheus.stop());
  const up = async () => (await prometheus.query('sum(map_build_info)'))[0];
  await expect.poll(up, { timeout: 30_000 }).toMatchObject({ value: 1 });
  const { panels } = grafanaDashboard();
  const metrics = Object.values(CATALOGUE).flatMap((category) => Object.values(category));
  expect(panels.filter(({ type }) => type === 'timeseries')).toHaveLength(metrics.length);
  for (const { expr } of panels.flatMap(({ targets = [] }) => targets)) {
    expect(await prometheus.query(expr.replaceAll('$__rate_interval', '1m'))).toBeInstanceOf(Array);
  }
  const { groups } = (await prometheus.api('rules')) as {
    groups: { rules: { name: string; health: string }[] }[];
  };
  expect(groups[0]?.rules.map(({ name }) => name)).toEqual(
    alertRules().groups[0]?.rules.map(({ alert }) => alert),
  );
});

test('a real Prometheus scrapes the text format, with a bearer token', async () => {
  const manager = new MetricsManager({ strict: true });
  manager.trackTask('created', { task_type: HOSTILE }, 5);
  const server = await startMetricsServer({ port: 0, manager, auth: { token: 's3cret' } });
  onTestFinished(() => server.stop());
  const program = await provide({ name: 'prometheus', packages: ['prometheus'] });
  const directory = await mkdtemp(join(tmpdir(), 'map-metrics-'));
  const config = join(directory, 'prometheus.yml');
  const targets = [{ targets: [`127.0.0.1:${server.port}`] }];
  const job = (name: string, credentials: string) => ({
    job_name: name,
    authorization: { credentials },
    static_configs: targets,
  });
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [job('right', 's3cret'), job('wrong', 'guess')],
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const prometheus = await ServerProcess.start({
    command: program.path,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: program.env,
    directory,
    isReady: () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  onTestFinished(() => prometheus.stop());
  const query = async (promql: string) => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric['job'], value[1]]));
  };
  await expect.poll(() => query('up'), { timeout: 30_000 }).toEqual({ right: '1', wrong: '0' });
  await expect
    .poll(() => query('tasks_created_total'), { timeout: 10_000 })
    .toEqual({ right: '5' });
});
