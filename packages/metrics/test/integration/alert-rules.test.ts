import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promtoolRun } from '@map-tooling/testing';
import { expect, test } from 'vitest';
import { alertRules } from '../../src/dashboards/dashboards.ts';

/** Series by name, with the values that promtool expands: start + rise x times. */
type Series = Readonly<Record<string, string>>;
/** An alert, its labels beside `job`, series with which it must fire, and with which it must not. */
type Row = readonly [alert: string, labels: Series, bad: Series, good: Series];

const MINUTES = 60;
const rise = (perMinute: number) => `0+${perMinute}x${MINUTES}`;
const stay = (value: number) => `${value}x${MINUTES}`;

/** Labels as a selector; every series belongs to the job `shop`. */
function labeled(labels: Series, more: Series = {}): string {
  const pairs = Object.entries({ job: 'shop', ...labels, ...more });
  return `{${pairs.map(([name, value]) => `${name}="${value}"`).join(',')}}`;
}

/** A counter of which a part grows, as 10 of 100 a minute would for 10. */
function parts(
  part: string,
  partLabels: Series,
  whole: string,
  labels: Series,
  limit: number,
): Row {
  const of = (each: number): Series => ({
    [`${part}${labeled(labels, partLabels)}`]: rise(each),
    [`${whole}${labeled(labels, part === whole ? { status: 'success', status_code: '200' } : {})}`]:
      rise(part === whole ? 100 - each : 100),
  });
  return ['', labels, of(limit * 2), of(limit / 2)];
}

/** A histogram of which every observation is between two bounds. */
function slow(name: string, labels: Series, [low, high]: readonly [number, number]): Row {
  const of = (from: number, to: number): Series =>
    Object.fromEntries(
      [0.001, from, to, '+Inf'].map((le) => [
        `${name}_bucket${labeled(labels, { le: String(le) })}`,
        rise(typeof le === 'number' && le < to ? 0 : 60),
      ]),
    );
  return ['', labels, of(low, high), of(low / 1000, high / 1000)];
}

/** One series with a value that fires and one that does not. */
function one(name: string, labels: Series, bad: string, good: string, more: Series = {}): Row {
  const series = `${name}${labeled(labels, more)}`;
  return ['', labels, { [series]: bad }, { [series]: good }];
}

/** A gauge and its limit of 100. */
function full(used: string, limit: string, bad: number, good: number): Row {
  const at = labeled({ instance: 'a:9090' });
  const of = (value: number) => ({ [`${used}${at}`]: stay(value), [`${limit}${at}`]: stay(100) });
  return ['', { instance: 'a:9090' }, of(bad), of(good)];
}

const CHUNK = { task_type: 'chunk' };
const MODEL = { provider: 'openai', model: 'gpt-5' };
const POOL = { pool: 'redis', kind: 'redis' };

const ROWS: Readonly<Record<string, Row>> = {
  TaskErrors: parts(
    'tasks_completed_total',
    { status: 'timeout' },
    'tasks_completed_total',
    CHUNK,
    10,
  ),
  TaskFailures: parts(
    'task_failures_total',
    { error_type: 'X_1' },
    'tasks_consumed_total',
    CHUNK,
    5,
  ),
  TaskQueueWait: slow('task_queue_wait_seconds', CHUNK, [60, 300]),
  TaskQueueGrows: one('task_queue_depth', { queue: 'q' }, '200+10x60', '900-10x60', {
    instance: 'a',
  }),
  TasksStalled: one('task_stalled_total', { queue: 'q' }, rise(1), stay(3)),
  LlmErrors: parts('llm_errors_total', { error_type: 'X_1' }, 'llm_requests_total', MODEL, 5),
  LlmRateLimited: parts(
    'llm_errors_total',
    { error_type: 'LLM_RATE_LIMITED_5001' },
    'llm_requests_total',
    MODEL,
    2,
  ),
  LlmDeadlines: parts(
    'llm_errors_total',
    { error_type: 'TASK_TIMEOUT_7004' },
    'llm_requests_total',
    MODEL,
    5,
  ),
  LlmSlow: slow('llm_request_duration_seconds', MODEL, [80, 160]),
  LlmFirstTokenSlow: slow('llm_time_to_first_token_seconds', MODEL, [20, 40]),
  LlmFallbacks: one('llm_fallbacks_total', { from_model: 'a', to_model: 'b' }, rise(12), rise(1)),
  LlmCostBurnFast: one('llm_cost_usd_total', {}, rise(0.5), rise(0.1)),
  LlmCostBurn: one('llm_cost_usd_total', {}, rise(1), rise(0.01)),
  LlmCostUnknown: one('llm_cost_unknown_total', MODEL, rise(1), stay(1)),
  AgentErrors: parts(
    'agent_errors_total',
    { error_type: 'X_1' },
    'agent_operations_total',
    { agent: 'planner' },
    10,
  ),
  ToolErrors: parts(
    'tool_errors_total',
    { error_type: 'X_1' },
    'tool_executions_total',
    { tool: 'search' },
    10,
  ),
  HttpErrors: parts(
    'http_requests_total',
    { status_code: '503' },
    'http_requests_total',
    { route: '/a' },
    5,
  ),
  HttpSlow: slow('http_request_duration_seconds', { route: '/a' }, [10, 30]),
  ConnectionPoolExhausted: one('connection_pool_timeouts_total', POOL, rise(1), stay(2)),
  ConnectionErrors: one(
    'connection_pool_errors_total',
    { pool: 'redis', error_type: 'X_1' },
    rise(12),
    rise(1),
  ),
  CircuitOpen: one('connection_circuit_state', { pool: 'p', server: 's:1' }, stay(2), stay(1)),
  TargetDown: [
    '',
    { instance: 'a:9090' },
    {
      [`up${labeled({ instance: 'a:9090' })}`]: '1x10 0x50',
      [`map_build_info${labeled({ instance: 'a:9090' })}`]: '1x10 stale',
    },
    // Some other service, which never had these metrics.
    { [`up${labeled({ instance: 'a:9090' })}`]: stay(0) },
  ],
  HeapFull: full('nodejs_heap_size_used_bytes', 'nodejs_heap_size_limit_bytes', 90, 60),
  MemoryFull: full('process_resident_memory_bytes', 'process_memory_limit_bytes', 95, 60),
  EventLoopBusy: one(
    'nodejs_eventloop_utilization_ratio',
    { instance: 'a' },
    stay(0.99),
    stay(0.5),
  ),
  MetricsOverflow: one('metrics_label_overflow_total', { metric: 'm' }, rise(1), stay(2)),
  MetricsRejected: one(
    'metrics_rejected_total',
    { metric: 'm', reason: 'label' },
    rise(1),
    stay(2),
  ),
};

const { groups } = alertRules();
const rules = groups.flatMap((group) => group.rules);

function cases(): object[] {
  return rules.flatMap(({ alert, labels: { severity }, annotations }) => {
    const [, labels, bad, good] = ROWS[alert] as Row;
    const exp_labels: Series = { job: 'shop', ...labels, severity };
    const description = annotations.description.replaceAll(
      /\{\{ \$labels\.(\w+) \}\}/g,
      (_, name: string) => String(exp_labels[name]),
    );
    const fires = [{ exp_labels, exp_annotations: { ...annotations, description } }];
    return (
      [
        [bad, fires],
        [good, []],
      ] as const
    ).map(([series, exp_alerts]) => ({
      interval: '1m',
      input_series: Object.entries(series).map(([each, values]) => ({ series: each, values })),
      alert_rule_test: [{ eval_time: '45m', alertname: alert, exp_alerts }],
    }));
  });
}

test('each alert fires on its case, not on a harmless one, and keeps the job', async () => {
  expect(Object.keys(ROWS)).toEqual(rules.map(({ alert }) => alert));
  const folder = await mkdtemp(join(tmpdir(), 'map-alerts-'));
  try {
    await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups }));
    const prefixed = alertRules({ prefix: 'map_', dailyBudgetUsd: 2.5 });
    await writeFile(join(folder, 'prefixed.yml'), JSON.stringify(prefixed));
    const tests = { rule_files: ['rules.yml'], evaluation_interval: '1m', tests: cases() };
    await writeFile(join(folder, 'tests.yml'), JSON.stringify(tests));
    const tested = await promtoolRun(['test', 'rules', join(folder, 'tests.yml')]);
    expect(tested, tested.output).toMatchObject({ exitCode: 0 });
    const checked = await promtoolRun(['check', 'rules', join(folder, 'prefixed.yml')]);
    expect(checked, checked.output).toMatchObject({ exitCode: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
}, 180_000);

test('each alert has a section in the runbook that it links to', async () => {
  const page = new URL('../../../../docs/operations.md', import.meta.url);
  const text = await readFile(page, 'utf8');
  for (const { alert, annotations } of rules) {
    expect(text).toContain(`\n### ${alert}\n`);
    expect(annotations.runbook_url).toMatch(
      new RegExp(`/docs/operations\\.md#${alert.toLowerCase()}$`),
    );
  }
});

test('a budget that is not a positive number is refused', () => {
  for (const dailyBudgetUsd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => alertRules({ dailyBudgetUsd })).toThrow('`dailyBudgetUsd` must be a positive');
  }
  expect(() => alertRules({ prefix: 'a b' })).toThrow('`prefix` must');
});
