import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BaseError, ErrorCode, TaskError } from '@map/errors';
import { createLifecycle, type Lifecycle } from '@map/lifecycle';
import { type CapturedLogs, captureLogs, getContext, runWithContext } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricValue } from '@map/metrics/testing';
import { brokenSignal } from '@map-tooling/testing';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { current } from '../../src/support/current.ts';
import { runAgentStep } from '../../src/work/run-agent-step.ts';
import { runTask } from '../../src/work/run-task.ts';
import { runTool } from '../../src/work/run-tool.ts';

const never = () => new Promise<never>(() => undefined);

let logs: CapturedLogs;

beforeEach(() => {
  logs = captureLogs();
  getMetricsManager().reset();
  current().lifecycle = createLifecycle();
});
afterEach(() => {
  logs.stop();
  delete current().lifecycle;
});

test('gives what the work gives, in a separate context, counted and timed', async () => {
  const result = await runTask(
    {
      type: 'ingest',
      taskId: 't-1',
      agentId: 'a-1',
      fields: { page: 7 },
      queuedAt: Date.now() - 50,
    },
    ({ traceId }) => ({ fields: getContext()?.fields, traceId }),
  );
  expect(result.fields).toMatchObject({ task_id: 't-1', agent_id: 'a-1', page: 7 });
  expect(result.fields?.trace_id).toBe(result.traceId);
  expect(metricValue('tasks_consumed_total', { task_type: 'ingest' })).toBe(1);
  expect(metricValue('tasks_completed_total', { status: 'success' })).toBe(1);
  expect(metricValue('task_duration_seconds', { status: 'success' })).toBe(1);
  expect(metricValue('task_queue_wait_seconds')).toBe(1);
  expect(metricValue('tasks_in_progress', { task_type: 'ingest' })).toBe(0);
});

test('a carrier brings the trace, and the surrounding context is kept without one', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const carried = await runTask({ type: 'a', carrier: { traceparent } }, ({ traceId }) => traceId);
  expect(carried).toBe('0af7651916cd43dd8448eb211c80319c');
  const kept = await runWithContext({ trace_id: 'outer' }, () =>
    runTask({ type: 'a' }, ({ traceId }) => traceId),
  );
  expect(kept).toBe('outer');
  expect(await runTask({ type: 'a', carrier: 'garbage' }, ({ traceId }) => traceId)).toMatch(
    /^\w+$/,
  );
});

test('a foreign error is converted, an own one passes; both are counted', async () => {
  const foreign = await runTask({ type: 'a' }, () => {
    throw new Error('broken');
  }).catch((error) => error);
  expect(foreign).toBeInstanceOf(TaskError);
  expect(foreign).toMatchObject({ code: ErrorCode.TASK_ERROR, message: 'broken' });
  const own = new BaseError({ code: ErrorCode.LLM_RATE_LIMITED, message: 'slow down' });
  await expect(runTask({ type: 'a' }, () => Promise.reject(own))).rejects.toBe(own);
  expect(metricValue('tasks_completed_total', { status: 'error' })).toBe(2);
  expect(metricValue('tasks_in_progress', { task_type: 'a' })).toBe(0);
});

test('an error that passes through a step and a task is logged once, by the innermost', async () => {
  await runTask({ type: 'outer', taskId: 't-2' }, () =>
    runAgentStep({ agent: 'planner', operation: 'plan' }, () => {
      throw new Error('no plan');
    }),
  ).catch(() => undefined);
  const told = logs.entries.filter(({ message }) => message === 'no plan');
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    task_id: 't-2',
    agent_id: 'planner',
    work: 'agent planner plan',
  });
  expect(metricValue('agent_errors_total', { error_type: 'AGENT_ERROR_6000' })).toBe(1);
  expect(metricValue('agents_active', { agent: 'planner' })).toBe(0);
});

test('past its limit it rejects with a code, and the work is notified', async () => {
  let told: unknown;
  const late = runTask({ type: 'slow', timeoutMs: 10 }, ({ signal }) => {
    signal.addEventListener('abort', () => {
      told = signal.reason;
    });
    return never();
  });
  await expect(late).rejects.toMatchObject({ code: 'TASK_TIMEOUT_7004' });
  await expect(late).rejects.toBeInstanceOf(TaskError);
  expect(told).toMatchObject({ code: 'TASK_TIMEOUT_7004' });
  expect(metricValue('tasks_completed_total', { status: 'timeout' })).toBe(1);
  await expect(
    runAgentStep({ agent: 'a', operation: 'b', timeoutMs: 5 }, never),
  ).rejects.toMatchObject({ code: 'AGENT_TIMEOUT_6004' });
});

test('cancelled by its own signal, before and during the work', async () => {
  const controller = new AbortController();
  const during = runTask({ type: 'a', signal: controller.signal }, never);
  controller.abort(new Error('not wanted'));
  await expect(during).rejects.toMatchObject({ code: 'TASK_CANCELLED_7005' });
  let began = false;
  const before = runTask({ type: 'a', signal: controller.signal }, () => {
    began = true;
  });
  await expect(before).rejects.toMatchObject({ code: 'TASK_CANCELLED_7005' });
  expect(began).toBe(false);
  expect(metricValue('tasks_completed_total', { status: 'cancelled' })).toBe(2);
});

test('a shutdown that abandons it ends it with a code', async () => {
  const task = runTask({ type: 'stuck' }, never);
  const { inFlight } = current().lifecycle as Lifecycle;
  expect(inFlight.describe()).toBe('task stuck');
  inFlight.abandon(new Error('late'));
  await expect(task).rejects.toMatchObject({ code: 'TASK_INTERRUPTED_7007' });
  expect(inFlight.size).toBe(0);
});

test('a limit that makes no sense is a coded error at once', async () => {
  for (const timeoutMs of [0, -1, Number.NaN]) {
    await expect(runTask({ type: 'a', timeoutMs }, () => 1)).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
    });
  }
  expect(await runTask({ type: 'a', timeoutMs: Number.POSITIVE_INFINITY }, () => 1)).toBe(1);
  expect(await runTask({ type: 'a', timeoutMs: 2 ** 40 }, () => 2)).toBe(2);
});

test('work interrupted by a deploy is to be retried, cancelled work is not', async () => {
  const lifecycle = current().lifecycle as Lifecycle;
  const seen: string[] = [];
  const step = runAgentStep({ agent: 'a', operation: 'b' }, ({ draining, signal }) => {
    draining.addEventListener('abort', () => seen.push('draining'));
    signal.addEventListener('abort', () => seen.push(signal.reason.code));
    return never();
  }).catch((error) => error);
  // Work under the signal that announces a shutdown ends with it.
  const attached = runTask({ type: 'attached', signal: lifecycle.draining }, never).catch((e) => e);
  lifecycle.limitShutdown({ shutdownTimeoutMs: 100 });
  const { exitCode } = process;
  const report = await lifecycle.shutdown('SIGTERM');
  process.exitCode = exitCode;
  expect(report.notEnded).toEqual(['tasks']);
  expect(seen).toEqual(['draining', 'TASK_INTERRUPTED_7007']);
  for (const error of [await step, await attached]) {
    expect(error).toMatchObject({
      code: 'TASK_INTERRUPTED_7007',
      retryable: true,
      httpStatus: 503,
    });
  }
  expect(metricValue('tasks_completed_total', { status: 'interrupted' })).toBe(1);
  const late = await runTask({ type: 'late', signal: lifecycle.draining }, never).catch((e) => e);
  expect(late.code).toBe('TASK_INTERRUPTED_7007');
});

test('an AbortController where a signal belongs, and a bigint limit, are refused at once', async () => {
  const { inFlight } = current().lifecycle as Lifecycle;
  const wrong = [
    { signal: new AbortController() },
    { signal: 'abort' },
    { signal: {} },
    { timeoutMs: 5n },
    { timeoutMs: '5' },
    { timeoutMs: null },
  ];
  for (const options of wrong) {
    const error = await runTask({ type: 'a', ...options } as never, never).catch((e) => e);
    expect(error.code).toBe('CONFIG_INVALID_3002');
  }
  expect(inFlight.size).toBe(0);
});

test('a signal that throws leaves no task in flight', async () => {
  const { inFlight } = current().lifecycle as Lifecycle;
  await expect(runTask({ type: 'a', signal: brokenSignal() }, never)).rejects.toMatchObject({
    code: 'TASK_ERROR_7000',
    message: 'no listeners',
  });
  expect(inFlight.size).toBe(0);
  expect(metricValue('tasks_in_progress', { task_type: 'a' }) ?? 0).toBe(0);
});

test('the cost and the budget of work do not depend on metrics', async () => {
  const metrics = getMetricsManager().configure({ enabled: false });
  onTestFinished(() => void metrics.configure({ enabled: true }));
  const call = { provider: 'p', model: 'm', prices: { m: { prompt: 1_000, completion: 0 } } };
  const ask = () => observeLlm(call, async () => ({ usage: { prompt_tokens: 100 } }));
  const cost = await runTask({ type: 'ask' }, async (work) => {
    await ask();
    return work.costUsd;
  });
  expect(cost).toBeCloseTo(0.1, 10);
  const over = runTask({ type: 'ask', budgetUsd: 0.15 }, async ({ signal }) => {
    while (!signal.aborted) await ask();
  });
  await expect(over).rejects.toMatchObject({ code: ErrorCode.LLM_BUDGET_EXCEEDED });
});

test.each([
  [
    'a task without its type',
    () => runTask({ taskId: 't' } as never, never),
    '`type` of runTask() must be a string, got undefined.',
  ],
  [
    'a type that is a symbol',
    () => runTask({ type: Symbol('x') } as never, never),
    '`type` of runTask() must be a string, got a symbol.',
  ],
  [
    'work that is not a function',
    () => runTask({ type: 'x' }, 5 as never),
    '`work` of task x must be a function, got 5.',
  ],
  [
    'a step without its operation',
    () => runAgentStep({ agent: 'a' } as never, never),
    '`operation` of runAgentStep() must be a string, got undefined.',
  ],
])('%s is refused', async (_, call, message) => {
  await expect(call()).rejects.toThrow(message);
});

test('an abort that none of its signals asked for is a time limit of the SDK, not a cancellation', async () => {
  // `fetch` under a limit that the SDK sets by `setTimeout(() => controller.abort(), limit)`.
  const fetchWithin = async (signal: AbortSignal) => {
    const server = createServer(() => undefined).listen(0);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return await fetch(`http://127.0.0.1:${port}`, { signal });
  };
  const ownLimit = () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    return fetchWithin(controller.signal);
  };
  await expect(runTask({ type: 'a' }, ownLimit)).rejects.toMatchObject({
    code: 'TASK_TIMEOUT_7004',
    retryable: true,
  });
  await expect(runAgentStep({ agent: 'a', operation: 'b' }, ownLimit)).rejects.toMatchObject({
    code: 'AGENT_TIMEOUT_6004',
  });
  expect(metricValue('tasks_completed_total', { status: 'error' })).toBe(1);
  expect(metricValue('tasks_completed_total', { status: 'cancelled' })).toBe(0);
});

test('a request that draining aborted interrupts the work', async () => {
  const lifecycle = current().lifecycle as Lifecycle;
  const task = runTask({ type: 'a' }, async ({ draining }) => {
    const given = new AbortController();
    // SDKs pass their own signal on, and drop the reason.
    draining.addEventListener('abort', () => given.abort());
    await sleep(60_000, undefined, { signal: given.signal });
  }).catch((error) => error);
  await lifecycle.shutdown('test');
  expect(await task).toMatchObject({ code: 'TASK_INTERRUPTED_7007', retryable: true });
  expect(metricValue('tasks_completed_total', { status: 'interrupted' })).toBe(1);
});

const search = () => runTool({ tool: 'search' }, never).catch((error) => error);

test.each([
  ['its time limit', () => ({ timeoutMs: 10 }), 'TASK_TIMEOUT_7004'],
  ['its caller', () => ({ signal: AbortSignal.timeout(10) }), 'TASK_CANCELLED_7005'],
])('work inside of a task is stopped with it, by %s', async (_, limits, code) => {
  let step: Promise<unknown> | undefined;
  let tool: Promise<unknown> | undefined;
  const task = runTask({ type: 'outer', ...limits() }, () => {
    step = runAgentStep({ agent: 'planner', operation: 'plan' }, () => {
      tool = search();
      return tool;
    }).catch((error) => error);
    return step;
  });
  await expect(task).rejects.toMatchObject({ code });
  for (const inner of [await step, await tool]) {
    expect(inner).toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
  }
  expect(metricValue('tool_executions_total', { status: 'cancelled' })).toBe(1);
  expect((current().lifecycle as Lifecycle).inFlight.size).toBe(0);
});

test('stopped work starts no more inside of it; what it has left behind may', async () => {
  const [later, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let leftBehind: Promise<unknown> | undefined;
  const began: string[] = [];
  const inner = (type: string) => runTask({ type }, () => began.push(type)).catch((e) => e);
  let refused: unknown;
  const task = runTask({ type: 'outer', timeoutMs: 5 }, async ({ signal }) => {
    leftBehind = later.promise.then(() => inner('left behind'));
    await once(signal, 'abort');
    refused = await inner('within');
    over.resolve();
  });
  await expect(task).rejects.toMatchObject({ code: 'TASK_TIMEOUT_7004' });
  await over.promise;
  await sleep(1);
  expect(refused).toMatchObject({ code: 'TASK_CANCELLED_7005' });
  later.resolve();
  await leftBehind;
  expect(began).toEqual(['left behind']);
});

test('a task with a carrier is not stopped with the work that it happens to run in', async () => {
  const outer = new AbortController();
  let consumed: Promise<unknown> | undefined;
  const task = runTask({ type: 'outer', signal: outer.signal }, () => {
    consumed = runTask({ type: 'consumed', carrier: {} }, () => sleep(20, 'done'));
    return never();
  });
  outer.abort();
  await expect(task).rejects.toMatchObject({ code: 'TASK_CANCELLED_7005' });
  expect(await consumed).toBe('done');
});

test('work of a second copy of the package is stopped with the work around it as well', async () => {
  vi.resetModules();
  const other = await import('../../src/work/run-tool.ts');
  expect(other.runTool).not.toBe(runTool);
  let tool: Promise<unknown> | undefined;
  const task = runTask({ type: 'outer', timeoutMs: 10 }, () => {
    tool = other.runTool({ tool: 'search' }, never).catch((error) => error);
    return tool;
  });
  await expect(task).rejects.toMatchObject({ code: 'TASK_TIMEOUT_7004' });
  expect(await tool).toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
});
