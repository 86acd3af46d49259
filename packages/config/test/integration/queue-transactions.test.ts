// Several tasks that are added at once: all or none, whatever happens to Redis and to the connection.

import { type CapturedLogs, captureLogs } from '@map/logger';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runWorker, type TaskQueue, taskQueue } from '../../src/entries/bullmq.ts';

const types = { count: Type.Object({ n: Type.Integer() }) };

let redis: RedisServer;
let logs: CapturedLogs;
const made: TaskQueue<typeof types>[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(() => {
  logs = captureLogs();
});
afterEach(async () => {
  for (const queue of made.splice(0)) await queue.close();
  logs.stop();
});

function make(name: string): TaskQueue<typeof types> {
  const queue = taskQueue(name, { types, redis: { url: redis.url, commandTimeoutMs: 50_000 } });
  made.push(queue);
  return queue;
}

const tasks = (many: number) =>
  Array.from({ length: many }, (_, n) => ({ type: 'count' as const, data: { n } }));

test('nobody sees a part of the tasks that are added at once', async () => {
  const [queue, other] = [make('whole'), make('whole')];
  await other.counts();
  let isAdded = false;
  const adding = queue.addAll(tasks(2_000)).then(() => {
    isAdded = true;
  });
  const seen = new Set<number>();
  while (!isAdded) seen.add((await other.counts()).waiting);
  await adding;
  seen.add((await other.counts()).waiting);
  expect([...seen].filter((count) => count > 0)).toEqual([2_000]);
});

test('a server that has lost its scripts adds all tasks of a flow, again and again', async () => {
  const queue = make('flushed');
  const flow = () =>
    queue.task(
      'count',
      { n: 0 },
      {
        children: [
          queue.task('count', { n: 1 }),
          queue.task('count', { n: 2 }, { priority: 1 }),
          queue.task('count', { n: 3 }, { delayMs: 1 }),
        ],
      },
    );
  await queue.addFlow(flow());
  await queue.addAll(tasks(2));
  for (let time = 1; time <= 2; time += 1) {
    expect(await redis.command('SCRIPT', 'FLUSH')).toBe('+OK\r\n');
    // Brings one of the scripts back.
    if (time === 2) await queue.add('count', { n: 4 });
    await queue.addFlow(flow());
    await queue.addAll(tasks(2));
  }
  expect(await queue.counts()).toMatchObject({
    waiting: 10,
    prioritized: 3,
    delayed: 3,
    'waiting-children': 3,
  });
  const done: number[] = [];
  await runWorker(queue, { count: ({ n }) => done.push(n) });
  await expect.poll(() => done.filter((n) => n === 0).length).toBe(3 + 3);
});

test('a flow of which Redis cannot add one task is an error', async () => {
  const queue = make('broken');
  // Where the tasks with a priority are, in a sorted set.
  expect(await redis.command('SET', 'bull:broken:prioritized', 'text')).toBe('+OK\r\n');
  const children = [queue.task('count', { n: 1 }, { priority: 1 })];
  await expect(queue.addFlow(queue.task('count', { n: 0 }, { children }))).rejects.toMatchObject({
    code: 'REDIS_ERROR_9100',
    message: expect.stringContaining('WRONGTYPE'),
  });
});
