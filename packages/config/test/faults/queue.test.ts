import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { expect, test } from 'vitest';
import { runWorker } from '../../src/entries/bullmq.ts';
import { retry } from '../../src/index.ts';
import { loadQueue } from '../fixtures/load-queue.ts';
import { type Child, runChild } from '../support/child.ts';

const TASKS = 10_000;

async function startWorker(redis: RedisServer, env: Record<string, string> = {}): Promise<Child> {
  const child = runChild('test/fixtures/load-worker.ts', {
    env: { REDIS_URL: redis.url, LOCK_MS: '4000', LOG_LEVEL: 'INFO', ...env },
  });
  await child.waitFor(/"what":"ready".*\n/);
  return child;
}

/** Reads a number from Redis; undefined while it is away. */
async function read(redis: RedisServer, ...command: string[]): Promise<number | undefined> {
  const reply = await redis.command(...command).catch(() => '');
  const text = /^:(\d+)/.exec(reply)?.[1] ?? /^\$\d+\r\n(\d+)/.exec(reply)?.[1];
  return text === undefined ? undefined : Number(text);
}

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await sleep(50);
}

test('10,000 tasks outlive a kill, a stop, a deploy and a Redis that is killed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'map-queue-'));
  // With `everysec`, Redis may reply before it has written to the file, and a kill loses that.
  await using redis = await startRedis({
    config: ['appendonly yes', 'appendfsync no', `dir ${directory}`],
  });
  const startedAt = performance.now();
  const children: Child[] = [];
  const start = async (): Promise<Child> => {
    const child = await startWorker(redis);
    children.push(child);
    return child;
  };
  const done = (count: number) =>
    until(async () => ((await read(redis, 'SCARD', 'load:done')) ?? 0) >= count);
  let workers = await Promise.all([1, 2, 3, 4].map(start));
  const [killed, stopped] = workers as [Child, Child, Child, Child];

  const queue = loadQueue({ url: redis.url, commandTimeoutMs: 10_000 });
  const traces = new Map<number, string>();
  const adding = (async () => {
    for (let first = 1; first <= TASKS; first += 250) {
      const numbers = Array.from({ length: 250 }, (_, index) => first + index);
      const tasks = numbers.map((n) => {
        return { type: 'count' as const, data: { n }, options: { id: `task-${n}` } };
      });
      const added = await retry(() => queue.addAll(tasks), { timeoutMs: 60_000, idempotent: true });
      for (const [index, { traceId }] of added.entries()) {
        traces.set(numbers[index] as number, traceId);
      }
    }
  })();

  await done(1_500);
  killed.kill('SIGKILL');
  await done(3_000);
  stopped.kill('SIGTERM');
  expect(await stopped.ended).toMatchObject({ code: 0 });
  await done(4_000);
  // A deploy: the next version starts, and the old one is stopped.
  const old = workers.slice(2);
  workers = await Promise.all([1, 2, 3, 4].map(start));
  for (const worker of old) worker.kill('SIGTERM');
  for (const worker of old) expect(await worker.ended).toMatchObject({ code: 0 });
  await done(6_500);
  await redis.kill();
  await sleep(500);
  await redis.restart();
  await adding;
  await done(TASKS);
  await until(async () => {
    const { waiting, active, delayed, prioritized } = await queue.counts();
    return waiting + active + delayed + prioritized === 0;
  });

  const { failed } = await queue.counts();
  const runs = (await read(redis, 'GET', 'load:runs')) ?? 0;
  const seconds = (performance.now() - startedAt) / 1e3;
  for (const worker of workers) worker.kill('SIGTERM');
  for (const worker of workers) expect(await worker.ended).toMatchObject({ code: 0 });
  await queue.close();

  const lines = children.flatMap(({ records }) => records);
  const seen = new Map<number, Set<unknown>>();
  for (const { message, n, trace_id } of lines) {
    if (message !== 'Counted') continue;
    const ids = seen.get(n as number) ?? new Set();
    seen.set(n as number, ids.add(trace_id));
  }
  const returned = lines.filter(({ message }) => message === 'Task returned to its queue').length;
  const taken = lines.filter(({ message }) => message === 'Task taken back from another process');
  process.stdout.write(
    `${TASKS} tasks in ${seconds.toFixed(1)} s, ${runs - TASKS} run again, ${returned} returned, ` +
      `${taken.length} taken back, ${failed} failed\n`,
  );
  expect(failed).toBe(0);
  expect(await read(redis, 'SCARD', 'load:done')).toBe(TASKS);
  expect(await read(redis, 'GET', 'load:sum')).toBe((TASKS * (TASKS + 1)) / 2);
  expect(taken.length).toBeGreaterThan(0);
  // A killed process may not have written its last lines.
  expect(seen.size).toBeGreaterThan(TASKS - 100);
  // A batch that was added again, after a lost reply, may have kept its first trace.
  for (const ids of seen.values()) expect(ids.size).toBe(1);
  const same = [...seen].filter(([n, ids]) => ids.has(traces.get(n)));
  expect(same.length).toBeGreaterThan(TASKS - 1_000);
}, 150_000);

test('what outlives the time of a shutdown returns to its queue, and another process does it', async () => {
  await using redis = await startRedis();
  const queue = loadQueue({ url: redis.url });
  const stuck = await startWorker(redis, {
    STUCK: 'yes',
    SHUTDOWN_TIMEOUT: '3s',
    CONCURRENCY: '1',
  });
  const { traceId } = await queue.add('count', { n: 7 });
  await queue.add('count', { n: 8 });
  await stuck.waitFor(/"what":"stuck"/);
  stuck.kill('SIGTERM');
  await stuck.ended;
  expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0 });
  const returned = stuck.records.find(({ message }) => message === 'Task returned to its queue');
  expect(returned).toMatchObject({ trace_id: traceId });
  // The second one was never taken.
  expect(stuck.records.filter(({ what }) => what === 'stuck')).toHaveLength(1);
  const worker = await startWorker(redis);
  await until(async () => (await queue.counts()).completed === 2);
  const line = worker.records.find(({ message, n }) => message === 'Counted' && n === 7);
  expect(line).toMatchObject({ trace_id: traceId });
  worker.kill('SIGTERM');
  await worker.ended;
  await queue.close();
});

test('without Redis, adding fails in time with a code, a worker waits, and both continue', async () => {
  await using redis = await startRedis();
  const queue = loadQueue({ url: redis.url, commandTimeoutMs: 300 });
  await queue.add('count', { n: 1 });
  const worker = await startWorker(redis);
  await until(async () => (await queue.counts()).completed === 1);
  await redis.kill();
  await expect(queue.add('count', { n: 2 }, { id: 'two' })).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE_9101',
    retryable: true,
  });
  await expect(queue.counts()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE_9101' });
  await redis.restart();
  // It may have been added by now: the client kept the command.
  const id = { id: 'two' };
  await retry(() => queue.add('count', { n: 2 }, id), { timeoutMs: 30_000 });
  await until(async () => (await queue.counts().catch(() => undefined))?.completed === 1);
  await redis.kill();
  worker.kill('SIGTERM');
  expect(await worker.ended).toEqual({ code: 0, signal: null });
  await queue.close();
}, 90_000);

test('a queue that is used before its Redis is there works once it is', async () => {
  await using redis = await startRedis();
  await redis.kill();
  const queue = loadQueue({ url: redis.url, commandTimeoutMs: 300 });
  const refused = { code: 'REDIS_UNAVAILABLE_9101' };
  await expect(queue.add('count', { n: 1 }, { id: 'one' })).rejects.toMatchObject(refused);
  const done = Promise.withResolvers<number>();
  const worker = await runWorker(queue, { count: ({ n }) => done.resolve(n) });
  await redis.restart();
  await retry(() => queue.add('count', { n: 1 }, { id: 'one' }), { timeoutMs: 60_000 });
  expect(await done.promise).toBe(1);
  await worker.close();
  await queue.close();
});
