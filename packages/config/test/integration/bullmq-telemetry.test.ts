import { setImmediate } from 'node:timers/promises';
import { getContext, LogContext, runWithContext } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricValue } from '@map/metrics/testing';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import { type ConnectionOptions, FlowProducer, Queue, type Telemetry, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runWorker, taskQueue } from '../../src/entries/bullmq.ts';
import { mapJobTelemetry } from '../../src/entries/bullmq-telemetry.ts';
import { runAgentStep } from '../../src/work/run-agent-step.ts';
import { runTask } from '../../src/work/run-task.ts';
import { restoreMetrics } from '../support/metrics.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

const telemetry = mapJobTelemetry() satisfies Telemetry;
const call = { provider: 'p', model: 'm', prices: { m: { prompt: 1_000, completion: 0 } } };
const reply = { usage: { prompt_tokens: 1_000, completion_tokens: 0 } };

let redis: RedisServer;
let connection: ConnectionOptions;
let tracing: Tracing;
const open: { close(): Promise<unknown> }[] = [];
let name: string;
let queues = 0;

beforeAll(async () => {
  redis = await startRedis();
  connection = { url: redis.url };
  tracing = startTracing();
});
afterAll(async () => {
  await tracing.close();
  await redis.stop();
  restoreMetrics();
});
beforeEach(() => {
  getMetricsManager().reset();
  tracing.reset();
  queues += 1;
  name = `mails-${queues}`;
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function keep<T extends { close(): Promise<unknown> }>(one: T): T {
  open.push(one);
  return one;
}
const makeQueue = () => keep(new Queue(name, { connection, telemetry }));
const makeWorker = (run: () => unknown) =>
  telemetry.watch(keep(new Worker(name, async () => run(), { connection, telemetry })));

const value = (metric: string, labels: Record<string, string>) =>
  metricValue(metric, labels, getMetricsManager());
const spansNamed = (start: string) => tracing.spans.filter((span) => span.name.startsWith(start));
const idOf = (start: string) => spansNamed(start)[0]?.spanContext().spanId;
const parentOf = (start: string) => spansNamed(start)[0]?.parentSpanContext?.spanId;

test('an attempt continues the trace, log context and baggage of the code that added the job', async () => {
  const seen = Promise.withResolvers<unknown>();
  makeWorker(async () => {
    await observeLlm(call, async () => reply);
    seen.resolve(getContext()?.fields);
    return { secret: 'the result' };
  });
  const { traceId } = await runAgentStep(
    { agent: 'planner', operation: 'plan', fields: { tenant: 'acme' } },
    async (work) => {
      await makeQueue().add('send', { secret: 'the data' });
      return work;
    },
  );
  expect(await seen.promise).toMatchObject({ trace_id: traceId, tenant: 'acme' });
  await expect.poll(() => spansNamed('process').length, { timeout: 20_000 }).toBe(1);
  expect(new Set(tracing.spans.map((span) => span.spanContext().traceId))).toEqual(
    new Set([traceId]),
  );
  expect(parentOf('add')).toBe(idOf('invoke_agent planner'));
  expect(parentOf('process')).toBe(idOf('add'));
  expect(parentOf('chat m')).toBe(idOf('process'));
  expect(spansNamed('process')[0]).toMatchObject({
    name: `process ${name}`,
    attributes: {
      'messaging.system': 'bullmq',
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
      'messaging.destination.name': name,
      'messaging.message.id': '1',
      'map.task.id': '1',
      'map.task.type': 'send',
      'map.task.attempt': 1,
      'map.cost_usd': 1,
    },
  });
  const spans = tracing.spans.map(({ attributes, events }) => ({ attributes, events }));
  expect(JSON.stringify(spans)).not.toContain('secret');
  expect(spans.length).toBe(4);
  expect({
    created: value('tasks_created_total', { task_type: 'send' }),
    consumed: value('tasks_consumed_total', { task_type: 'send' }),
    completed: value('tasks_completed_total', { task_type: 'send', status: 'success' }),
    durations: value('task_duration_seconds', { task_type: 'send', status: 'success' }),
    attempts: value('task_attempts', { task_type: 'send', status: 'success' }),
    waits: value('task_queue_wait_seconds', { task_type: 'send' }),
  }).toEqual({ created: 1, consumed: 1, completed: 1, durations: 1, attempts: 1, waits: 1 });
});

test('each attempt of a job that fails is of its trace; the last failure counts by its code', async () => {
  makeWorker(() => {
    throw Object.assign(new Error('slow down'), { status: 429 });
  });
  const added = await runWithContext({ trace_id: 'a'.repeat(32) }, () =>
    makeQueue().add('send', {}, { attempts: 3, backoff: { type: 'fixed', delay: 5 } }),
  );
  await expect.poll(() => added.isFailed(), { timeout: 20_000 }).toBe(true);
  await expect.poll(() => spansNamed('process').length, { timeout: 20_000 }).toBe(3);
  for (const span of spansNamed('process')) {
    expect(span.spanContext().traceId).toBe('a'.repeat(32));
    expect(span.attributes).toMatchObject({
      'error.type': 'RATE_LIMITED_9500',
      'map.task.id': added.id,
    });
    expect(span.status).toMatchObject({ code: 2, message: 'slow down' });
    expect(span.events[0]?.attributes?.['exception.stacktrace']).toContain(import.meta.filename);
  }
  expect({
    retries: value('task_retries_total', { task_type: 'send' }),
    completed: value('tasks_completed_total', { task_type: 'send', status: 'error' }),
    attempts: value('task_attempts', { task_type: 'send', status: 'error' }),
    failures: value('task_failures_total', { task_type: 'send', error_type: 'RATE_LIMITED_9500' }),
    waits: value('task_queue_wait_seconds', { task_type: 'send' }),
  }).toEqual({ retries: 2, completed: 3, attempts: 1, failures: 1, waits: 1 });
});

test('log lines have the id of the job that runs, and others have none', async () => {
  const seen: unknown[] = [];
  const note = async () => {
    seen.push(getContext()?.fields.task_id);
    await setImmediate();
    return runTask({ type: 'part' }, () => seen.push(getContext()?.fields.task_id));
  };
  makeWorker(note);
  const queue = makeQueue();
  await runTask({ type: 'plan', taskId: 'plan-1' }, async () => {
    await queue.add('send', {}, { jobId: 'job-a' });
    expect(getContext()?.fields.task_id).toBe('plan-1');
  });
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['job-a', 'job-a']);
  await queue.add('send', {}, { jobId: 'job-b' });
  await expect.poll(() => seen.slice(2), { timeout: 20_000 }).toEqual(['job-b', 'job-b']);
  expect(getContext()).toBeUndefined();
});

test('without `watch`, a failure has the general code and the message', async () => {
  keep(
    new Worker(name, () => Promise.reject(Object.assign(new Error('slow down'), { status: 429 })), {
      connection,
      telemetry,
    }),
  );
  await makeQueue().add('send', {});
  await expect.poll(() => spansNamed('process').length, { timeout: 20_000 }).toBe(1);
  expect(spansNamed('process')[0]).toMatchObject({
    attributes: { 'error.type': 'TASK_ERROR_7000' },
    status: { code: 2, message: 'slow down' },
  });
});

test('runTask of the name of the job counts it instead; another task counts beside', async () => {
  makeWorker(async () => {
    await runTask({ type: 'part' }, () => undefined);
    return runTask({ type: 'send', dispatcherId: 'd' }, () => undefined);
  });
  await makeQueue().addBulk([1, 2].map((data) => ({ name: 'send', data })));
  const done = { task_type: 'send', status: 'success' };
  await expect.poll(() => value('task_attempts', done), { timeout: 20_000 }).toBe(2);
  expect({
    created: value('tasks_created_total', { task_type: 'send' }),
    consumed: value('tasks_consumed_total', { task_type: 'send' }),
    completed: value('tasks_completed_total', done),
    durations: value('task_duration_seconds', done),
    parts: value('tasks_completed_total', { task_type: 'part', status: 'success' }),
  }).toEqual({ created: 2, consumed: 2, completed: 2, durations: 2, parts: 2 });
});

test('the jobs of a flow are of one trace; a worker made in a span is not part of it', async () => {
  const traces: string[] = [];
  await runAgentStep({ agent: 'maker', operation: 'make' }, () => {
    makeWorker(() => traces.push(getContext()?.traceId ?? ''));
  });
  const flows = keep(new FlowProducer({ connection, telemetry }));
  // BullMQ gives the trace to jobs of a flow that have options.
  const job = (one: string) => ({ name: one, queueName: name, opts: {} });
  const traceId = await runAgentStep({ agent: 'planner', operation: 'plan' }, async (work) => {
    await flows.add({ ...job('bind'), children: [job('read'), job('read')] });
    return work.traceId;
  });
  await expect.poll(() => traces, { timeout: 20_000 }).toEqual([traceId, traceId, traceId]);
  // A producer without telemetry gives no trace: each of its jobs has its own.
  const bare = keep(new Queue(name, { connection }));
  await bare.add('alone', {});
  await bare.add('alone', {});
  await expect.poll(() => traces.length, { timeout: 20_000 }).toBe(5);
  expect(new Set(traces).size).toBe(3);
  const maker = tracing.span('invoke_agent maker').spanContext().traceId;
  expect(traces).not.toContain(maker);
});

test('jobs go both ways between BullMQ alone and a task queue', async () => {
  const types = { send: Type.Object({ to: Type.String() }) };
  const tasks = keep(taskQueue(name, { types, redis: { url: redis.url } }));
  const seen: unknown[] = [];
  const note = () => seen.push(getContext()?.fields);
  const trace = { trace_id: 'b'.repeat(32), tenant: 'acme' };
  const worker = await runWorker(tasks, { send: note });
  await runWithContext(trace, () => makeQueue().add('send', { to: 'a' }));
  await expect.poll(() => seen, { timeout: 20_000 }).toMatchObject([trace]);
  await worker.close();
  makeWorker(note);
  await runWithContext(trace, () => tasks.add('send', { to: 'b' }));
  await expect.poll(() => seen, { timeout: 20_000 }).toMatchObject([trace, trace]);
});

test('metadata that anybody wrote is taken: a job then has its own trace', async () => {
  const traces: string[] = [];
  makeWorker(() => traces.push(getContext()?.traceId ?? ''));
  const queue = keep(new Queue(name, { connection }));
  for (const metadata of ['', 'x', '[]', '{"traceparent":7}', '{"context":{"trace_id":{}}}']) {
    await queue.add('odd', {}, { telemetry: { metadata } });
  }
  await expect.poll(() => traces.length, { timeout: 20_000 }).toBe(5);
  expect(new Set(traces).size).toBe(5);
  expect(LogContext.fromCarrier({}).given).toBe(false);
});

test('the cost of a job is in its result, where the work asks for a report', async () => {
  const worker = makeWorker(() =>
    runTask({ type: 'send', report: true }, async () => {
      await observeLlm(call, async () => reply);
      return { sent: true };
    }),
  );
  const done = Promise.withResolvers<unknown>();
  worker.on('completed', (_job, result) => done.resolve(result));
  const job = await makeQueue().add('send', {});
  const result = { value: { sent: true }, costUsd: 1, durationMs: expect.any(Number) };
  expect(await done.promise).toEqual(result);
  const stored = await makeQueue().getJob(job.id as string);
  expect(stored?.returnvalue).toEqual(result);
});
