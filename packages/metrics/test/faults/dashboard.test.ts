import { type PrometheusServer, startPrometheus } from '@map-tooling/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { alertRules, grafanaDashboard, type Panel } from '../../src/dashboards/dashboards.ts';
import {
  CATALOGUE,
  type MetricDefinition,
  MetricsManager,
  startMetricsServer,
} from '../../src/index.ts';

const PREFIX = 'shop_';

/** Values of labels that queries select by. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  status: ['success', 'error'],
  status_code: ['200', '503'],
  kind: ['redis'],
  state: ['used'],
  error_type: ['LLM_RATE_LIMITED_5001', 'LLM_TIMEOUT_5009'],
};

/** Every combination of the labels of a metric. */
function combinations({ labels, values = {} }: MetricDefinition): Record<string, string>[] {
  return labels.reduce<Record<string, string>[]>(
    (before, label) =>
      (VALUES[label] ?? values[label] ?? [`a ${label}`]).flatMap((value) =>
        before.map((each) => ({ ...each, [label]: value })),
      ),
    [{}],
  );
}

/** Measures every metric of the catalogue once, except those that a manager measures itself. */
function measureAll(manager: MetricsManager): void {
  for (const [category, metrics] of Object.entries(CATALOGUE)) {
    for (const [key, metric] of Object.entries(metrics) as [string, MetricDefinition][]) {
      if (category === 'self' && metric.labels[0] !== 'metric') continue;
      const handle = manager.metric(category as 'llm', key as 'requests') as never as Record<
        'inc' | 'set' | 'observe',
        (labels: object, value: number) => void
      >;
      const how = ({ counter: 'inc', gauge: 'set', histogram: 'observe' } as const)[metric.type];
      for (const labels of combinations(metric)) handle[how](labels, 2);
    }
  }
}

function targetsOf(panels: readonly Panel[]): { title: string; expr: string }[] {
  return panels.flatMap(({ title, targets = [], panels: inner = [] }) => [
    ...targets.map(({ expr }) => ({ title, expr })),
    ...targetsOf(inner),
  ]);
}

/** What Grafana would put in place of its variables. */
function resolved(expr: string): string {
  return expr
    .replaceAll(/\$__(?:rate_interval|range)/g, '1m')
    .replaceAll(/\$(?:job|instance|provider|model|agent)/g, '.*');
}

/** The titles and expressions of queries without a result. */
async function empty(
  prometheus: PrometheusServer,
  queries: readonly { title: string; expr: string }[],
): Promise<string[]> {
  const found = await Promise.all(
    queries.map(async ({ title, expr }) =>
      (await prometheus.query(expr)).length > 0 ? [] : [`${title}: ${expr}`],
    ),
  );
  return found.flat();
}

test('every query of the dashboard and of the alerts finds what a process has measured', async () => {
  const manager = new MetricsManager({ strict: true, version: '1', prefix: PREFIX });
  const server = await startMetricsServer({ port: 0, manager });
  const timer = setInterval(measureAll, 250, manager);
  onTestFinished(async () => {
    clearInterval(timer);
    await server.stop();
  });
  const alerts = alertRules({ prefix: PREFIX });
  const prometheus = await startPrometheus({
    targets: [`127.0.0.1:${server.port}`],
    rules: { 'alerts.json': JSON.stringify(alerts) },
  });
  onTestFinished(() => prometheus.stop());
  const dashboard = grafanaDashboard({ prefix: PREFIX });
  const queries = targetsOf(dashboard.panels).map(({ title, expr }) => ({
    title,
    expr: resolved(expr),
  }));
  expect(queries.length).toBeGreaterThan(Object.values(CATALOGUE).flatMap(Object.keys).length);
  // An alert without its limits: what it compares must be there.
  const compared = (alerts.groups[0]?.rules ?? []).map(({ alert, expr }) => ({
    title: alert,
    expr: expr.replaceAll(/ (?:>|==) [\d.]+/g, '').replaceAll('[15m:1m]', '[15m:1s]'),
  }));
  await vi.waitFor(
    async () => {
      expect(await empty(prometheus, [...queries, ...compared])).toEqual([]);
    },
    { timeout: 90_000, interval: 1000 },
  );
  const { groups } = (await prometheus.api('rules')) as {
    groups: { rules: { name: string; health: string; lastError?: string }[] }[];
  };
  expect(groups[0]?.rules.filter(({ health }) => health === 'err')).toEqual([]);

  const variables = dashboard.templating.list as { type: string; query: { query: string } }[];
  const choices = variables.filter(({ type }) => type === 'query');
  expect(choices).toHaveLength(5);
  for (const { query } of choices) {
    const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
    const path = `series?match[]=${encodeURIComponent(resolved(selector))}`;
    const series = (await prometheus.api(path)) as Record<string, string>[];
    expect([query.query, series[0]?.[label]]).toEqual([query.query, expect.any(String)]);
  }
  const [deploys] = dashboard.annotations.list as { expr: string }[];
  const [deploy] = await prometheus.query(resolved(deploys?.expr ?? ''));
  expect(deploy?.metric).toEqual({ job: 'job_0', version: '1' });
  // The start of this process, in milliseconds.
  expect(Math.abs((deploy?.value ?? 0) - performance.timeOrigin)).toBeLessThan(60_000);

  await server.stop();
  const down = alerts.groups[0]?.rules.find(({ alert }) => alert === 'TargetDown')?.expr ?? '';
  await vi.waitFor(
    async () => {
      expect(await prometheus.query(down)).toMatchObject([{ metric: { job: 'job_0' } }]);
    },
    { timeout: 30_000, interval: 500 },
  );
});
