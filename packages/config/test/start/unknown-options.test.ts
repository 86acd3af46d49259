import { initializeConfig, runAgentStep, runTask, runTool } from '@map/config';
import { notFoundHandler, problemHandler, requestContext, webContext } from '@map/config/http';
import { createLifecycle, withDeadline } from '@map/config/lifecycle';
import { JsonFormatter, setupLogging } from '@map/config/logger';
import {
  healthHandler,
  MEMORY_OPERATION_DURATION,
  MetricsManager,
  startMetricsServer,
  timedMetric,
} from '@map/config/metrics';
import { alertRules, grafanaDashboard } from '@map/config/metrics/dashboards';
import { httpMetrics } from '@map/config/metrics/http';
import { mapCallbacks } from '@map/config/metrics/langchain';
import { observeLlm } from '@map/config/metrics/llm';
import { gatherWorkers, shareMetrics } from '@map/config/metrics/workers';
import { setRedaction } from '@map/config/redaction';
import { defineSettings, integer, list, loadSettings, secret, url } from '@map/config/settings';
import { expect, test } from 'vitest';

/** A misspelt option, which a caller without types can pass. */
const wrong = (options: object): never => options as never;
const one = (): number => 1;
const lifecycle = createLifecycle();

const cases: readonly (readonly [option: string, meant: string, call: () => unknown])[] = [
  ['metricServer', 'metricsServer', () => initializeConfig(wrong({ metricServer: false }))],
  ['settigns', 'settings', () => initializeConfig(wrong({ stepTimeoutsMs: { settigns: 5 } }))],
  ['registrys', 'registries', () => initializeConfig(wrong({ metricsServer: { registrys: [] } }))],
  [
    'setings',
    'settings',
    () => initializeConfig(wrong({ metricsServer: { statusPage: { setings: true } } })),
  ],
  ['paterns', 'patterns', () => initializeConfig(wrong({ redact: { paterns: [/x/] } }))],
  ['timoutMs', 'timeoutMs', () => runTask(wrong({ type: 'x', timoutMs: 5 }), one)],
  ['task_id', 'taskId', () => runTask(wrong({ type: 'x', task_id: 'a' }), one)],
  [
    'agentID',
    'agentId',
    () => runAgentStep(wrong({ agent: 'x', operation: 'y', agentID: 'a' }), one),
  ],
  ['budgetUSD', 'budgetUsd', () => runTool(wrong({ tool: 'x', budgetUSD: 1 }), one)],
  ['loger', 'logger', () => createLifecycle(wrong({ loger: console }))],
  ['timeoutMS', 'timeoutMs', () => withDeadline(one, wrong({ timeoutMS: 5, what: 'It' }))],
  [
    'require',
    'required',
    () => lifecycle.health.register('db', () => true, wrong({ require: false })),
  ],
  ['enable', 'enabled', () => new MetricsManager(wrong({ enable: false }))],
  ['label', 'labels', () => new MetricsManager().defineCounter(wrong({ name: 'a', label: [] }))],
  ['hots', 'host', () => startMetricsServer(wrong({ port: 0, hots: '0.0.0.0' }))],
  ['redy', 'ready', () => healthHandler(wrong({ redy: {} }))],
  [
    'labelFor',
    'labelsFor',
    () => timedMetric(MEMORY_OPERATION_DURATION, {}, wrong({ labelFor: one })),
  ],
  ['price', 'prices', () => observeLlm(wrong({ provider: 'p', model: 'm', price: {} }), one)],
  ['price', 'prices', () => mapCallbacks(wrong({ price: {} }))],
  ['routes', 'route', () => httpMetrics(wrong({ routes: one }))],
  ['managers', 'manager', () => shareMetrics(wrong({ managers: [] }))],
  ['timeout', 'timeoutMs', () => gatherWorkers(wrong({ timeout: 5 }))],
  ['titel', 'title', () => grafanaDashboard(wrong({ titel: 'x' }))],
  ['dailyBudgetUSD', 'dailyBudgetUsd', () => alertRules(wrong({ dailyBudgetUSD: 5 }))],
  ['acessLog', 'accessLog', () => requestContext(wrong({ acessLog: true }))],
  ['access_log', 'accessLog', () => webContext(wrong({ access_log: true }))],
  ['docsURL', 'docsUrl', () => problemHandler(wrong({ docsURL: 'x' }))],
  ['docUrl', 'docsUrl', () => notFoundHandler(wrong({ docUrl: 'x' }))],
  ['paterns', 'patterns', () => setRedaction(wrong({ paterns: [] }))],
  ['path', 'paths', () => new JsonFormatter(wrong({ redact: { path: ['a'] } }))],
  ['requird', 'required', () => defineSettings({}, wrong({ requird: { production: ['A'] } }))],
  ['min', 'minimum', () => integer(wrong({ min: 1 }))],
  ['defualt', 'default', () => url(wrong({ defualt: 'http://x' }))],
  ['minlength', 'minLength', () => secret(wrong({ minlength: 8 }))],
  ['unique_items', 'uniqueItems', () => list(integer(), wrong({ unique_items: true }))],
  ['envFile', 'envFiles', () => loadSettings(wrong({ envFile: [] }))],
];

test.each(cases)('%s is refused where %s exists', async (option, meant, call) => {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => new Error('accepted'),
      (thrown: Error) => thrown,
    );
  expect(error.message).toContain(`\`${option}\` is not an option of `);
  expect(error.message).toContain(`Did you mean \`${meant}\`?`);
});

test('a name without a likely other one gets the list', () => {
  expect(() => setupLogging(wrong({ colour: true }))).toThrow(/one of preset, level/);
  expect(() => grafanaDashboard(wrong({ theme: 'dark' }))).toThrow(
    '`theme` is not an option of grafanaDashboard(). Use one of prefix, title.',
  );
});

test('an environment that does not exist cannot require a variable', () => {
  const define = () => defineSettings({ A_KEY: secret() }, { required: { prodution: ['A_KEY'] } });
  expect(define).toThrow(/"prodution", which is not one of development, test, staging, production/);
});

test('options of the wrong kind are refused', async () => {
  const calls = [{ signals: 'yes' }, { metricsServer: 9090 }, { stepTimeoutsMs: 5 }];
  for (const options of calls) {
    await expect(initializeConfig(wrong(options))).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
      message: expect.stringContaining(`\`${Object.keys(options)[0]}\` of initializeConfig()`),
    });
  }
});

test('an instance may have other fields beside its options', async () => {
  class Job {
    readonly type = 'x';
    readonly payload = 5;
  }
  expect(await runTask(new Job(), one)).toBe(1);
});
