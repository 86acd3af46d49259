import { grafanaDashboard } from '@map/config/metrics/dashboards';
import { freePort, startPrometheus } from '@map-tooling/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startDemo } from '../child.ts';

/** Metrics that a run of the demo does not have, with what makes them happen. */
const ONLY_WHEN: Readonly<Record<string, string>> = {
  http_: 'a server uses httpMetrics, fastifyMetrics or observeHttpServer',
  tool_: 'an agent calls a tool with runTool',
  task_retries_total: 'a task is repeated by its queue or by retry',
  task_failures_total: 'a task fails for good',
  task_stalled_total: 'a process that works on a task is killed',
  llm_cost_: 'prices are set',
  llm_token_details_total: 'a provider reports cached or reasoning tokens',
  llm_requests_without_usage_total: 'a response has no usage',
  agent_errors_total: 'an agent step fails',
  agent_run_: 'an agent step calls models or tools',
  connection_pool_timeouts_total: 'every connection of a pool is in use for too long',
  connection_pool_wait_seconds: 'a caller waits for a connection',
  connection_circuit_state: 'an HTTP client has a circuit breaker',
  agent_memory_items: 'the application tracks its memory',
  agent_memory_size_bytes: 'the application tracks its memory',
  cache_: 'the application tracks its caches',
  metrics_label_overflow_total: 'a metric has too many label combinations',
  metrics_rejected_total: 'a measurement has a wrong value or label',
};

interface Target {
  readonly expr: string;
}

interface Shown {
  readonly title: string;
  readonly targets?: readonly Target[];
  readonly panels?: readonly Shown[];
}

function targetsOf(panels: readonly Shown[]): string[] {
  return panels.flatMap(({ targets = [], panels: inner = [] }) => [
    ...targets.map(({ expr }) => expr),
    ...targetsOf(inner),
  ]);
}

test('the dashboard shows a run of the demo, but for what it never does', async () => {
  const port = await freePort();
  const prometheus = await startPrometheus({
    targets: [`127.0.0.1:${port}`],
    args: ['--enable-feature=exemplar-storage'],
  });
  onTestFinished(() => prometheus.stop());
  const demo = await startDemo(['--tasks', '2500', '--serve'], {
    METRICS_PORT: String(port),
  });
  await demo.prints(/^ \d\d%/m);
  const queries = targetsOf(grafanaDashboard().panels).map((expr) =>
    expr
      .replaceAll(/\$__(?:rate_interval|range)/g, '5m')
      .replaceAll(/\$(?:job|instance|provider|model|agent)/g, '.*'),
  );
  const isExcused = (expr: string) =>
    Object.keys(ONLY_WHEN).some((name) => new RegExp(`\\b${name}`).test(expr));
  await expect
    .poll(
      async () => {
        const found = await Promise.all(queries.map((expr) => prometheus.query(expr)));
        return queries.filter((expr, i) => found[i]?.length === 0 && !isExcused(expr));
      },
      { timeout: 100_000, interval: 1000 },
    )
    .toEqual([]);
  for (const name of Object.keys(ONLY_WHEN)) {
    expect([name, queries.some((expr) => new RegExp(`\\b${name}`).test(expr))]).toEqual([
      name,
      true,
    ]);
  }
  const now = Date.now() / 1000;
  const exemplars = await prometheus.api(
    `query_exemplars?query=llm_request_duration_seconds_bucket&start=${now - 300}&end=${now}`,
  );
  expect(JSON.stringify(exemplars)).toMatch(/"trace_id":"[0-9a-f]{32}"/);
});
