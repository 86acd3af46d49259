import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ErrorCode } from '@map/errors';
import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Config, initializeConfig, runAgentStep, runTask, runTool } from '../../src/index.ts';
import { restoreMetrics } from '../support/metrics.ts';

afterAll(restoreMetrics);

const named = { provider: 'openai', model: 'gpt-4' };
const prices = { 'gpt-4': { prompt: 10, completion: 100 } };
const { env } = process;

const server = createServer((request, response) => {
  const status = Number(request.url?.split('/')[1]);
  if (status === 0) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
  const answer = { id: 'c', object: 'chat.completion', choices: [], usage };
  response.end(
    JSON.stringify(status === 200 ? answer : { error: { message: 'refused', code: null } }),
  );
});

let config: Config;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  process.env = { ...env, METRICS_PORT: '0', LOG_LEVEL: 'CRITICAL' };
});
afterEach(async () => {
  await config.shutdown();
  getMetricsManager().reset();
  getMetricsManager().configure({ errorType: undefined, attribution: undefined });
  process.env = env;
});

const start = () => {
  // A call of an earlier file may have ended since.
  getMetricsManager().reset();
  return initializeConfig({ signals: false });
};

function ask(status: number, signal?: AbortSignal) {
  const { port } = server.address() as AddressInfo;
  const baseURL = `http://127.0.0.1:${port}/${status}`;
  const openai = new OpenAI({ apiKey: 'planted-key', baseURL, maxRetries: 0 });
  const call = { ...named, operation: 'chat', prices } as const;
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  return observeLlm(call, () =>
    openai.chat.completions.create({ model: 'gpt-4', messages }, { signal }),
  );
}

/** Scrapes the series of one metric: values of a label (empty where it is missing) → samples. */
async function scraped(metric: string, label: string): Promise<Record<string, number>> {
  const response = await fetch(`${config.metricsServer?.url}/metrics`);
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(`${metric}{`));
  const series = lines.map((line) => [
    new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? '',
    Number(line.split(' ').at(-1)),
  ]);
  return Object.fromEntries(series);
}

test('failures are counted under the codes of @map/errors', async () => {
  config = await start();
  await expect(ask(401)).rejects.toThrow();
  await expect(ask(429)).rejects.toThrow();
  await expect(ask(500)).rejects.toThrow();
  await expect(ask(0, AbortSignal.timeout(50))).rejects.toThrow();
  await expect(ask(0, AbortSignal.abort())).rejects.toThrow();
  expect(await scraped('llm_errors_total', 'error_type')).toEqual({
    [ErrorCode.LLM_PROVIDER_AUTH_FAILED]: 1,
    [ErrorCode.LLM_RATE_LIMITED]: 1,
    [ErrorCode.LLM_PROVIDER_UNAVAILABLE]: 1,
    [ErrorCode.LLM_TIMEOUT]: 1,
  });
});

test('a call that the limit of a task aborts is an error, one that its caller aborts is not', async () => {
  config = await start();
  const late = runTask({ type: 'ingest', timeoutMs: 50 }, ({ signal }) => ask(0, signal));
  await expect(late).rejects.toMatchObject({ code: ErrorCode.TASK_TIMEOUT });
  const caller = new AbortController();
  const aborted = runTask({ type: 'ingest', signal: caller.signal }, ({ signal }) => {
    const call = ask(0, signal);
    caller.abort();
    return call;
  });
  await expect(aborted).rejects.toMatchObject({ code: ErrorCode.TASK_CANCELLED });
  expect(await scraped('llm_requests_total', 'status')).toEqual({ error: 1, cancelled: 1 });
  expect(await scraped('llm_errors_total', 'error_type')).toEqual({ [ErrorCode.TASK_TIMEOUT]: 1 });
});

test('costs are attributed to the agent, to the task type, or to what the application says', async () => {
  config = await start();
  const step = <T>(agent: string, work: () => T, attribution?: string) =>
    runAgentStep({ agent, operation: 'plan', ...(attribution && { attribution }) }, work);
  await ask(200);
  await runTask({ type: 'ingest' }, async () => {
    await ask(200);
    // The agent is nearer than the task; the task's own calls stay with the task.
    await step('planner', () => Promise.all([ask(200), ask(200)]));
    await ask(200);
  });
  await runTask({ type: 'ingest', attribution: 'tenant-a' }, async () => {
    await step('planner', () => ask(200));
    await step('writer', () => ask(200), 'tenant-b');
    await ask(200);
  });
  const each = 0.02;
  const costs = await scraped('llm_cost_usd_total', 'attribution');
  expect(Object.keys(costs).sort()).toEqual(['', 'ingest', 'planner', 'tenant-a', 'tenant-b']);
  expect(costs['']).toBeCloseTo(each);
  expect(costs['ingest']).toBeCloseTo(2 * each);
  expect(costs['planner']).toBeCloseTo(2 * each);
  expect(costs['tenant-a']).toBeCloseTo(2 * each);
  expect(costs['tenant-b']).toBeCloseTo(each);
  const wrong = runTask({ type: 'ingest', attribution: 7 as never }, () => undefined);
  await expect(wrong).rejects.toMatchObject({ code: ErrorCode.CONFIG_INVALID });
});

test('what the application has configured before the start is kept', async () => {
  getMetricsManager().configure({ errorType: () => 'mine', attribution: () => 'my-tenant' });
  config = await start();
  await expect(ask(429)).rejects.toThrow();
  await runTask({ type: 'ingest' }, () => ask(200));
  expect(await scraped('llm_errors_total', 'error_type')).toEqual({ mine: 1 });
  expect(Object.keys(await scraped('llm_cost_usd_total', 'attribution'))).toEqual(['my-tenant']);
});

test('a report has the cost beside the value, that of the work within included', async () => {
  config = await start();
  const report = await runTask({ type: 'research', report: true }, async () => {
    const plan = await runAgentStep({ agent: 'planner', operation: 'plan', report: true }, () =>
      ask(200),
    );
    const found = await runTool({ tool: 'search', report: true }, async () => {
      await ask(200);
      return ask(200);
    });
    return [plan, found] as const;
  });
  const [plan, found] = report.value;
  expect(plan.value.usage?.total_tokens).toBe(1100);
  expect(plan.costUsd).toBeCloseTo(0.02, 10);
  expect(found.costUsd).toBeCloseTo(0.04, 10);
  expect(report.costUsd).toBeCloseTo(0.06, 10);
  expect(report.durationMs).toBeGreaterThanOrEqual(plan.durationMs + found.durationMs);
  expect(await runTask({ type: 'research', report: false }, () => 'bare')).toBe('bare');
});

test('what fails has its cost in the error, with a report or without', async () => {
  config = await start();
  const failed = runTask({ type: 'research', report: true }, async () => {
    await ask(200);
    await ask(500);
  });
  const error = await failed.catch((thrown) => thrown);
  expect(error.details.cost_usd).toBeCloseTo(0.02, 10);
  const refused = runTask({ type: 'research', report: 'yes' } as never, () => 1);
  await expect(refused).rejects.toThrow('`report` of task research must be true or false');
});
