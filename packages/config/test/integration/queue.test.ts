import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BaseError, ErrorCode } from '@map/errors';
import { type CapturedLogs, captureLogs, getContext, runWithContext } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricsText, metricValue } from '@map/metrics/testing';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runWorker, type TaskQueue, taskQueue } from '../../src/entries/bullmq.ts';
import { type Config, initializeConfig } from '../../src/index.ts';
import { runCommand } from '../support/command.ts';
import { restoreMetrics } from '../support/metrics.ts';

afterAll(restoreMetrics);

const types = {
  echo: Type.Object({ text: Type.String() }),
  fail: Type.Object({ code: Type.String(), times: Type.Integer() }),
};

let redis: RedisServer;
let config: Config;
let logs: CapturedLogs;
let queue: TaskQueue<typeof types>;
let queues = 0;

beforeAll(async () => {
  redis = await startRedis({ config: ['maxmemory-policy allkeys-lru'] });
});
afterAll(() => redis.stop());

beforeEach(async () => {
  getMetricsManager().reset();
  config = await start();
  logs = captureLogs();
  queues += 1;
  queue = taskQueue(`test-${queues}`, { types, baseDelayMs: 5 });
});
afterEach(async () => {
  logs.stop();
  await config.shutdown();
});

async function start(): Promise<Config> {
  const { loadSettings } = await import('@map/settings');
  const env = { REDIS_URL: redis.url, REDIS_COMMAND_TIMEOUT: '50s', LOG_LEVEL: 'ERROR' };
  return await initializeConfig({
    settings: () => loadSettings({ env, envFiles: [] }),
    metricsServer: false,
    signals: false,
  });
}

const messages = () => logs.entries.map(({ message }) => message);

/** Waits until a count of the queue has this value. */
async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await check())) await sleep(5);
}
const finished = (count: number) => async () => {
  const { completed, failed } = await queue.counts();
  return completed + failed === count;
};

test('a task brings its data, its trace and its fields, once, and its result is kept', async () => {
  const seen: unknown[] = [];
  await runWorker(queue, {
    echo: (data, { id, type, attempt, signal, costUsd }) => {
      const { aborted } = signal;
      seen.push({ data, id, type, attempt, aborted, costUsd, ...getContext()?.fields });
      return data.text.toUpperCase();
    },
    fail: () => undefined,
  });
  const added = await runWithContext({ trace_id: 'trace-of-the-caller', user: 'ada' }, () =>
    queue.add('echo', { text: 'hello' }, { id: 'task-one' }),
  );
  expect(added).toEqual({ id: 'task-one', traceId: 'trace-of-the-caller' });
  await until(finished(1));
  expect(seen).toEqual([
    {
      data: { text: 'hello' },
      id: 'task-one',
      type: 'echo',
      attempt: 1,
      aborted: false,
      costUsd: 0,
      trace_id: 'trace-of-the-caller',
      task_id: 'task-one',
      user: 'ada',
    },
  ]);
  const job = await (await queue.bullmq<Queue>()).getJob('task-one');
  expect(job?.returnvalue).toBe('HELLO');
  expect(JSON.parse(job?.opts.telemetry?.metadata ?? '')).toMatchObject({
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  });
  // The same id again changes nothing.
  await queue.add('echo', { text: 'again' }, { id: 'task-one' });
  expect(await queue.counts()).toMatchObject({ completed: 1, waiting: 0 });
  expect(metricValue('tasks_created_total', { task_type: 'echo' })).toBe(2);
  expect(metricValue('tasks_consumed_total', { dispatcher_id: queue.name })).toBe(1);
  expect(metricValue('task_queue_wait_seconds', { task_type: 'echo' })).toBe(1);
  expect(metricValue('task_attempts', { task_type: 'echo', status: 'success' })).toBe(1);
});

test('a worker keeps the newest 1,000 completed tasks, of every producer', async () => {
  await runWorker(queue, { echo: () => undefined, fail: () => undefined }, { concurrency: 50 });
  const bullmq = await queue.bullmq<Queue>();
  await queue.add('echo', { text: 'kept' }, { bullmq: { removeOnComplete: false } });
  await queue.add('echo', { text: 'dropped' }, { bullmq: { removeOnComplete: true } });
  await queue.addAll(
    Array.from({ length: 700 }, () => ({ type: 'echo', data: { text: 'ours' } }) as const),
  );
  const foreign = { name: 'echo', data: { text: 'of another producer' } };
  await bullmq.addBulk(Array.from({ length: 700 }, () => foreign));
  await until(async () => {
    const { waiting, active } = await queue.counts();
    return waiting + active === 0;
  });
  expect(await queue.counts()).toMatchObject({ completed: 1_000, failed: 0 });
  // A task does not carry how long it is kept.
  const [last] = await bullmq.getCompleted(0, 0);
  expect(last?.opts).not.toHaveProperty('removeOnComplete');
});

test('finished tasks are kept for an hour, failed ones for 14 days', async () => {
  const day = 86_400_000;
  await runWorker(queue, {
    echo: () => undefined,
    fail: () => {
      throw new BaseError({ code: ErrorCode.SCHEMA_MISMATCH, message: 'broken' });
    },
  });
  const bullmq = await queue.bullmq<Queue>();
  const client = (await bullmq.backend.client) as unknown as Redis;
  for (const [state, ages] of [
    ['completed', [0.9 / 24, 1.1 / 24]],
    ['failed', [13.9, 14.1]],
  ] as const) {
    const add = (id: string) =>
      state === 'failed'
        ? queue.add('fail', { code: '', times: 0 }, { id })
        : queue.add('echo', { text: '' }, { id });
    for (const [index, age] of ages.entries()) {
      await add(`${state}-${index}`);
      const id = `${state}-${index}`;
      await until(async () => (await (await bullmq.getJob(id))?.getState()) === state);
      await client.zadd(bullmq.toKey(state), Date.now() - age * day, id);
    }
    await add(`${state}-last`);
    await until(async () => (await (await bullmq.getJob(`${state}-last`))?.getState()) === state);
    const kept = await bullmq.getJobs([state]);
    expect(kept.map((job) => job.id)).toEqual([`${state}-last`, `${state}-0`]);
  }
});

test('a code that a retry helps is retried in one trace; others fail at once, with their code', async () => {
  const traces = new Map<string, Set<string>>();
  const attempts: Record<string, number> = {};
  await runWorker(queue, {
    echo: () => {
      throw new Error('a bug with password=hunter2');
    },
    fail: ({ code, times }, { attempt, traceId }) => {
      attempts[code] = attempt;
      traces.set(code, (traces.get(code) ?? new Set()).add(traceId));
      if (attempt <= times) {
        throw new BaseError({ code: code as ErrorCode, message: 'It failed.', retryAfterMs: 1 });
      }
    },
  });
  await queue.addAll([
    { type: 'fail', data: { code: ErrorCode.LLM_TIMEOUT, times: 2 } },
    { type: 'fail', data: { code: ErrorCode.RATE_LIMITED, times: 9 }, options: { attempts: 3 } },
    { type: 'fail', data: { code: ErrorCode.LLM_INVALID_REQUEST, times: 9 } },
    { type: 'fail', data: { code: ErrorCode.TOOL_ERROR, times: 1 } },
    { type: 'echo', data: { text: 'x' } },
  ]);
  await until(finished(5));
  expect(attempts).toEqual({
    [ErrorCode.LLM_TIMEOUT]: 3,
    [ErrorCode.RATE_LIMITED]: 3,
    [ErrorCode.LLM_INVALID_REQUEST]: 1,
    [ErrorCode.TOOL_ERROR]: 2,
  });
  for (const ids of traces.values()) expect(ids.size).toBe(1);
  const failed = await (await queue.bullmq<Queue>()).getFailed();
  expect(failed.map(({ failedReason }) => failedReason).sort()).toEqual([
    `${ErrorCode.LLM_INVALID_REQUEST}: It failed.`,
    `${ErrorCode.RATE_LIMITED}: It failed.`,
    expect.stringMatching(/^TASK_ERROR_7000: a bug with password=/),
  ]);
  expect(JSON.stringify(failed.map(({ stacktrace }) => stacktrace))).not.toContain('hunter2');
  for (const code of [ErrorCode.LLM_INVALID_REQUEST, ErrorCode.RATE_LIMITED, ErrorCode.TASK_ERROR])
    expect(metricValue('task_failures_total', { error_type: code })).toBe(1);
  expect(metricValue('task_retries_total', { task_type: 'fail' })).toBe(5);
  const [, lastLine] = logs.entries.filter(({ message }) => message === 'Task failed for good');
  expect(traces.get(ErrorCode.RATE_LIMITED)).toContain(
    logs.entries.find(
      ({ message, error_code }) =>
        message === 'Task failed for good' && error_code === ErrorCode.RATE_LIMITED,
    )?.['trace_id'],
  );
  expect(lastLine).toBeDefined();
});

test('what does not fit here fails at once; a type of another version is tried again', async () => {
  const bull = await queue.bullmq<Queue>();
  await bull.add('echo', { text: 7 }, { attempts: 3 });
  await bull.add('of-another-version', {}, { attempts: 2, backoff: { type: 'by-error' } });
  await bull.add('echo', { text: 'from elsewhere' }, { telemetry: { metadata: 'no JSON' } });
  const texts: string[] = [];
  await runWorker(queue, { echo: ({ text }) => texts.push(text), fail: () => 1 });
  await until(finished(2));
  await until(async () => (await bull.getDelayedCount()) === 1);
  const [later] = await bull.getDelayed();
  // Long enough for a deploy, whatever the queue says about other failures.
  expect(later?.delay).toBeGreaterThanOrEqual(15_000);
  await later?.promote();
  await until(finished(3));
  expect(texts).toEqual(['from elsewhere']);
  const failed = await bull.getFailed();
  expect(
    failed.map(({ attemptsMade, failedReason }) => [attemptsMade, failedReason]).sort(),
  ).toEqual([
    [1, expect.stringMatching(/^SCHEMA_MISMATCH_3501: The data of a task "echo" .* text: Exp/)],
    [2, expect.stringMatching(/^SCHEMA_MISMATCH_3501: Queue .* no type "of-another-version"/)],
  ]);
  expect(metricValue('task_failures_total', { task_type: 'unknown' })).toBe(1);
});

test('a flow runs its children first, in one trace; a child that fails takes its parent along', async () => {
  const traces = new Set<string>();
  const order: string[] = [];
  await runWorker(queue, {
    echo: async ({ text }, { traceId, childResults }) => {
      traces.add(traceId);
      order.push(text);
      const results = Object.values(await childResults());
      return results.length > 0 ? results.sort().join('+') : text;
    },
    fail: () => {
      throw new Error('no');
    },
  });
  const child = (text: string) => queue.task('echo', { text });
  const children = [child('a'), child('b')];
  const added = await queue.addFlow(queue.task('echo', { text: 'parent' }, { children }));
  await until(finished(3));
  expect(order.at(-1)).toBe('parent');
  expect([...traces]).toEqual([added.traceId]);
  const bull = await queue.bullmq<Queue>();
  expect((await bull.getJob(added.id))?.returnvalue).toBe('a+b');
  const hopeless = queue.task('fail', { code: 'x', times: 1 });
  const doomed = await queue.addFlow(queue.task('echo', { text: 'no' }, { children: [hopeless] }));
  await until(finished(5));
  expect(await bull.getJobState(doomed.id)).toBe('failed');
  const failures = { task_type: 'echo', error_type: 'TASK_DEPENDENCY_FAILED_7006' };
  await until(() => metricValue('task_failures_total', failures) === 1);
  expect(logs.entries.filter(({ task_id }) => task_id === doomed.id)).toMatchObject([
    {
      message: 'Task failed for good',
      level: 'ERROR',
      trace_id: doomed.traceId,
      task_type: 'echo',
      error_code: 'TASK_DEPENDENCY_FAILED_7006',
      reason: expect.stringMatching(/^child .* failed$/),
    },
  ]);
});

test('a task whose model stream was cut off is retried: its handler starts again', async () => {
  let attempts = 0;
  await runWorker(queue, {
    echo: () => {
      attempts += 1;
      if (attempts > 1) return 'whole';
      throw new BaseError({ code: ErrorCode.LLM_STREAM_INTERRUPTED, message: 'cut off' });
    },
    fail: () => 1,
  });
  await queue.add('echo', { text: 'stream' });
  await until(finished(1));
  expect(await queue.counts()).toMatchObject({ completed: 1, failed: 0 });
  expect(attempts).toBe(2);
});

test('the wait of a task of a flow begins when its last child has ended', async () => {
  const anHourAgo = { timestamp: Date.now() - 3_600_000 };
  await runWorker(queue, { echo: () => 1, fail: () => 1 });
  const options = { bullmq: anHourAgo };
  const children = [queue.task('echo', { text: 'child' }, options)];
  await queue.addFlow(queue.task('fail', { code: 'x', times: 0 }, { ...options, children }));
  await until(finished(2));
  await until(() => metricValue('task_queue_wait_seconds', { task_type: 'fail' }) === 1);
  const text = metricsText();
  const within = (type: string) =>
    new RegExp(`task_queue_wait_seconds_bucket{.*"${type}".*le="600.*} (\\d)`).exec(text)?.[1];
  expect([within('echo'), within('fail')]).toEqual(['0', '1']);
});

test('a task past its limit is a timeout, and is retried', async () => {
  let attempts = 0;
  await runWorker(
    queue,
    {
      echo: async (_data, { attempt, signal }) => {
        attempts = attempt;
        if (attempt === 1)
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      fail: () => 1,
    },
    { timeoutMs: 50 },
  );
  await queue.add('echo', { text: 'slow' });
  await until(finished(1));
  expect(attempts).toBe(2);
  expect(metricValue('tasks_completed_total', { status: 'timeout' })).toBe(1);
});

test('a task whose lock is lost is left to the process that takes it, and does not fail', async () => {
  const attempts: boolean[] = [];
  await runWorker(
    queue,
    {
      echo: async (_data, { signal }) => {
        attempts.push(true);
        if (attempts.length === 1) await once(signal);
      },
      fail: () => 1,
    },
    { lockMs: 400 },
  );
  const { id } = await queue.add('echo', { text: 'slow' });
  await until(() => attempts.length === 1);
  await redis.command('DEL', `bull:${queue.name}:${id}:lock`);
  await until(finished(1));
  expect(attempts).toHaveLength(2);
  expect(await queue.counts()).toMatchObject({ completed: 1, failed: 0 });
  expect(metricValue('task_attempts', { task_type: 'echo' })).toBe(1);
  expect(metricValue('task_failures_total')).toBe(0);
  expect(metricValue('task_stalled_total', { queue: queue.name })).toBe(1);
  // The reason is the lock: no shutdown has begun, and Redis has not failed.
  expect(logs.entries.filter(({ error_code }) => error_code === 'REDIS_ERROR_9100')).toEqual([]);
  const interrupted = logs.entries.filter(
    ({ error_code }) => error_code === 'TASK_INTERRUPTED_7007',
  );
  expect(interrupted.map(({ message }) => message)).toEqual([
    `task echo was interrupted: The lock of task ${id} was lost.`,
  ]);
});

test('a task whose model calls cost more than the budget of an attempt fails at once', async () => {
  const prices = { 'gpt-4': { prompt: 30, completion: 60 } };
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 };
  const call = { provider: 'openai', model: 'gpt-4', prices };
  const handlers = {
    echo: async () => {
      await observeLlm(call, async () => ({ usage }));
    },
    fail: () => 1,
  };
  await runWorker(queue, handlers, { budgetUsd: 1 });
  await queue.add('echo', { text: 'dear' }, { id: 'dear' });
  await until(finished(1));
  const job = await (await queue.bullmq<Queue>()).getJob('dear');
  expect(job?.failedReason).toMatch(
    /^LLM_BUDGET_EXCEEDED_5017: task echo exceeded its budget of \$1/,
  );
  expect(job?.attemptsMade).toBe(1);
});

test('gauges, health and one warning about an evicting Redis come by themselves', async () => {
  await queue.add('echo', { text: 'a' });
  await queue.add('echo', { text: 'b' }, { delayMs: 60_000 });
  await queue.add('echo', { text: 'c' }, { priority: 3 });
  await getMetricsManager().collect();
  const { name } = queue;
  expect(metricValue('task_queue_depth', { queue: name })).toBe(2);
  expect(metricValue('task_queue_jobs', { queue: name, state: 'delayed' })).toBe(1);
  expect(metricValue('task_queue_jobs', { queue: name, state: 'prioritized' })).toBe(1);
  const { checks } = await config.health();
  expect(checks[`queue ${name}`]?.status).toBe('pass');
  await until(() => logs.entries.some(({ message }) => message?.startsWith('Redis may evict')));
  const worker = await runWorker(queue, { echo: () => 1, fail: () => 1 });
  await until(finished(2));
  await worker.close();
  const warnings = logs.entries.filter(({ message }) => message?.startsWith('Redis may evict'));
  expect(warnings).toHaveLength(1);
});

test('two objects of one queue share health and gauges until the last is closed', async () => {
  const { name } = queue;
  const again = taskQueue(name, { types });
  const elsewhere = taskQueue(name, { types, redis: { url: `${redis.url}/5` } });
  await queue.add('echo', { text: 'a' });
  await again.add('echo', { text: 'b' });
  await elsewhere.add('echo', { text: 'c' });
  const depth = async () => {
    await getMetricsManager().collect();
    return metricValue('task_queue_depth', { queue: name });
  };
  const health = async () => (await config.health()).checks[`queue ${name}`]?.status;
  expect([await depth(), await health()]).toEqual([3, 'pass']);
  await queue.close();
  expect([await depth(), await health()]).toEqual([3, 'pass']);
  await elsewhere.close();
  expect(await depth()).toBe(2);
  await again.close();
  expect(await health()).toBeUndefined();
});

test('`map-config doctor` shows every queue with its workers, and what is wrong with it', async () => {
  await queue.addAll([
    { type: 'echo', data: { text: 'a' } },
    { type: 'fail', data: { code: 'x', times: 1 }, options: { delayMs: 60_000 } },
  ]);
  const examine = async () => {
    const env = { REDIS_URL: redis.url, METRICS_ENABLED: 'false' };
    const args = ['doctor', '--json', '--timeout-ms', '50000'];
    const { stdout } = await runCommand(args, env, tmpdir());
    const { probes } = JSON.parse(stdout) as { probes: Record<string, string>[] };
    return probes.find(({ name }) => name === `queue ${queue.name}`);
  };
  const found = await examine();
  expect(found).toMatchObject({
    target: `bull:${queue.name}`,
    verdict: 'warning',
    message: '1 waiting, 1 delayed; 0 workers.',
    remedy: expect.stringContaining('noeviction'),
  });
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  expect((await examine())?.['remedy']).toContain('Start a worker');
  const worker = await runWorker(queue, { echo: () => 1, fail: () => 1 });
  await until(finished(1));
  expect(await examine()).toMatchObject({
    verdict: 'ok',
    message: '0 waiting, 1 delayed; 1 worker.',
  });
  await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  await worker.close();
});

test('a shutdown lets tasks complete, and returns what does not end', async () => {
  const started: string[] = [];
  const release = Promise.withResolvers<void>();
  const worker = await runWorker(
    queue,
    {
      echo: async ({ text }, { draining }) => {
        started.push(text);
        if (text === 'quick') await once(draining);
        else await release.promise;
      },
      fail: () => 1,
    },
    { concurrency: 2 },
  );
  await queue.addAll([
    { type: 'echo', data: { text: 'quick' } },
    { type: 'echo', data: { text: 'stuck' }, options: { id: 'stuck' } },
    { type: 'echo', data: { text: 'never taken' } },
  ]);
  await until(() => started.length === 2);
  const closing = worker.close({ timeoutMs: 100 });
  expect(worker.running).toBe(false);
  const shutdown = config.shutdown();
  await closing;
  const report = await shutdown;
  expect(report.ok).toBe(true);
  expect(started).toEqual(['quick', 'stuck']);
  config = await start();
  expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0, completed: 1, failed: 0 });
  const job = await (await queue.bullmq<Queue>()).getJob('stuck');
  expect(job?.attemptsMade).toBe(0);
  release.resolve();
});

test('after the shutdown a queue is not opened again, until the next configuration', async () => {
  const unused = taskQueue('never-opened', { types });
  await queue.add('echo', { text: 'before' });
  await config.shutdown();
  const closed = { code: ErrorCode.CLIENT_CLOSED, retryable: false };
  await expect(queue.add('echo', { text: 'after' })).rejects.toMatchObject(closed);
  await expect(queue.counts()).rejects.toMatchObject(closed);
  await expect(runWorker(queue, { echo: () => 1, fail: () => 1 })).rejects.toMatchObject(closed);
  const clients = await redis.command('CLIENT', 'LIST');
  expect(clients.match(/lib-name=ioredis/g)).toBeNull();
  config = await start();
  await queue.add('echo', { text: 'again' });
  expect(await queue.counts()).toMatchObject({ waiting: 2 });
  const ending = new Promise((resolve) => {
    config.onShutdown('late', async () => {
      resolve(await unused.add('echo', { text: 'late' }).catch((error: unknown) => error));
    });
  });
  await config.shutdown();
  expect(await ending).toMatchObject(closed);
  expect((await redis.command('CLIENT', 'LIST')).match(/lib-name=ioredis/g)).toBeNull();
});

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

test('a task that lost its lock is left, and a worker that closes does not wait for Redis to take it', async () => {
  const started = Promise.withResolvers<string>();
  const other = taskQueue(`lost-${queues}`, { types });
  const worker = await runWorker(other, {
    echo: async (_, { id, signal }) => {
      started.resolve(id);
      await sleep(60_000, undefined, { signal });
    },
    fail: () => undefined,
  });
  await other.add('echo', { text: 'lost' });
  const id = await started.promise;
  const { backend } = await other.bullmq<Queue>();
  const client = (await backend.client) as unknown as Redis;
  await client.del(`bull:${other.name}:${id}:lock`);
  await worker.close({ timeoutMs: 0 });
  // Without a word from Redis it would wait as long as for a command.
  expect(messages()).toContain('Task left to another process: its lock was lost');
  expect(await other.counts()).toMatchObject({ active: 1 });
  await other.close();
});

test('a task that ends without its lock is reported as such, not as a fault of Redis', async () => {
  const started = Promise.withResolvers<string>();
  const go = Promise.withResolvers<void>();
  await runWorker(queue, {
    echo: async (_, { id }) => {
      started.resolve(id);
      await go.promise;
    },
    fail: () => undefined,
  });
  await queue.add('echo', { text: 'lost' });
  const id = await started.promise;
  const { backend } = await queue.bullmq<Queue>();
  const client = (await backend.client) as unknown as Redis;
  await client.del(`bull:${queue.name}:${id}:lock`);
  go.resolve();
  const message = 'Task ended without its lock: another process may do it again';
  await until(() => messages().includes(message));
  const labels = { pool: `queue:${queue.name}`, kind: 'redis', error_type: 'REDIS_ERROR_9100' };
  expect(metricValue('connection_errors_total', labels)).toBe(0);
});
