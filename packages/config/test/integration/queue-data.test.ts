// What a queue accepts, and what becomes of data and results that JSON cannot carry.

import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { BaseError, ErrorCode } from '@map/errors';
import { captureLogs } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { metricValue } from '@map/metrics/testing';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { runWorker, type TaskQueue, taskQueue } from '../../src/entries/bullmq.ts';
import { restoreMetrics } from '../support/metrics.ts';

const types = { any: Type.Any(), count: Type.Object({ n: Type.Integer() }) };

let redis: RedisServer;
let queue: TaskQueue<typeof types>;
let queues = 0;
const made: TaskQueue<typeof types>[] = [];
const cycle: { self?: unknown } = {};
cycle.self = cycle;
const throwing = {
  toJSON() {
    throw new Error('no JSON of it');
  },
};

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
  restoreMetrics();
});
beforeEach(() => {
  getMetricsManager().reset();
  queues += 1;
  queue = make(`data-${queues}`);
});
// An open queue counts its tasks at every later scrape.
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});

function make(name: string, options: object = {}): TaskQueue<typeof types> {
  const connection = { url: redis.url, commandTimeoutMs: 50_000 };
  const one = taskQueue(name, { types, redis: connection, baseDelayMs: 5, ...options });
  made.push(one);
  return one;
}

async function finished(count: number): Promise<void> {
  for (;;) {
    const { completed, failed } = await queue.counts();
    if (completed + failed === count) return;
    await sleep(5);
  }
}

/** The connection of a queue, which is ready. */
async function clientOf(of: TaskQueue<typeof types>): Promise<Redis> {
  await of.counts();
  return (await (
    await of.bullmq<Queue>()
  ).backend.client) as unknown as Redis;
}

class Page {
  n = 1;
}

test.each<[string, unknown]>([
  ['`self` is part of a cycle', cycle],
  ['`n` is a bigint', { n: 5n }],
  ['`toJSON` is a function', throwing],
  ['`pages.1.at` is an instance of Date', { pages: [{}, { at: new Date(0) }] }],
  ['`of` is an instance of Map', { of: new Map([['a', 1]]) }],
  ['`0` is an instance of Set', [new Set([1])]],
  ['`n` is NaN', { n: Number.NaN }],
  ['`n` is -Infinity', { n: Number.NEGATIVE_INFINITY }],
  ['`list.1` is undefined', { list: [1, undefined] }],
  ['`1` is undefined', Object.assign([1], { 2: 1 })],
  ['The value is an instance of Page', new Page()],
  ['`bytes` is an instance of Uint8Array', { bytes: new Uint8Array(2) }],
  ['`key` is a symbol', { key: Symbol('a') }],
  ['The value is undefined', undefined],
  ['cannot be read', new Proxy({}, { ownKeys: () => throwing.toJSON() })],
])(
  'data of which %s is refused when it is added, alone, with others and in a flow',
  async (what, data) => {
    const refused = {
      code: ErrorCode.VALIDATION_ERROR,
      retryable: false,
      message: expect.stringContaining(`${what}. Pass plain objects`),
    };
    await expect(queue.add('any', data)).rejects.toMatchObject(refused);
    const tasks = [1, data].map((one) => ({ type: 'any' as const, data: one }));
    await expect(queue.addAll(tasks)).rejects.toMatchObject(refused);
    expect(() => queue.task('any', data)).toThrow(expect.objectContaining(refused));
    expect(await queue.counts()).toMatchObject({ waiting: 0, 'waiting-children': 0 });
  },
);

test('data that changes after it was checked is refused as well', async () => {
  const data: { n: unknown } = { n: 1 };
  const flow = queue.task('any', 1, { children: [queue.task('any', data)] });
  data.n = 5n;
  await expect(queue.addFlow(flow)).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringContaining('must survive JSON: `n` is a bigint.'),
  });
  expect(await queue.counts()).toMatchObject({ waiting: 0, 'waiting-children': 0 });
});

test('data that comes back as it was is taken', async () => {
  const shared = { a: [1, null, 'x', true] };
  const foreign: unknown = runInNewContext('({ list: [1, { b: 2 }] })');
  const bare = Object.assign(Object.create(null), { c: -0 });
  const data = [shared, shared, foreign, bare, { left: undefined, right: 1 }];
  await queue.add('any', data);
  const seen = Promise.withResolvers<unknown>();
  const worker = await runWorker(queue, { any: (given) => seen.resolve(given), count: () => 1 });
  expect(await seen.promise).toEqual([
    shared,
    shared,
    { list: [1, { b: 2 }] },
    { c: 0 },
    { right: 1 },
  ]);
  await worker.close();
});

test('data whose getter throws has a code too', async () => {
  const data = {
    get n(): number {
      throw new Error('a getter');
    },
  };
  await expect(queue.add('count', data)).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringContaining('cannot be read'),
  });
});

test.each([
  ['data above `sizeLimit`', { sizeLimit: 1 }],
  ['a jitter above 1', { backoff: { type: 'fixed', jitter: 2 } }],
  ['a parent that does not exist', { parent: { id: 'none', queue: 'bull:no-queue' } }],
])('BullMQ refuses %s: the error is not one of Redis', async (_, bullmq) => {
  await expect(queue.add('count', { n: 10 }, { bullmq })).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringMatching(/^BullMQ refused a task of queue "data-\d+": /),
  });
});

test('a result that JSON cannot carry fails its task at once, one that it changes is a warning', async () => {
  const runs: Record<string, number> = {};
  const results: Record<string, unknown> = {
    cycle,
    bigint: 5n,
    throwing,
    date: { at: new Date(0) },
    map: new Map(),
    nothing: undefined,
  };
  const logs = captureLogs();
  const worker = await runWorker(
    queue,
    {
      any: (name: string) => {
        runs[name] = (runs[name] ?? 0) + 1;
        return results[name];
      },
      count: () => 1,
    },
    { concurrency: 1 },
  );
  for (const name of Object.keys(results)) await queue.add('any', name);
  await finished(6);
  expect(runs).toEqual({ cycle: 1, bigint: 1, throwing: 1, date: 1, map: 1, nothing: 1 });
  const failed = await (await queue.bullmq<Queue>()).getFailed();
  const reason = `${ErrorCode.SERIALIZATION_ERROR}: The result of a task "any" must survive JSON: `;
  const whats = failed.map(({ failedReason = '' }) => {
    expect(failedReason).toContain(reason);
    return failedReason.slice(reason.length).split('. Pass')[0];
  });
  expect(whats.sort()).toEqual([
    'The value is a bigint',
    '`self` is part of a cycle',
    '`toJSON` is a function',
  ]);
  const labels = { error_type: ErrorCode.SERIALIZATION_ERROR };
  expect(metricValue('task_failures_total', labels)).toBe(3);
  expect(metricValue('tasks_completed_total', { status: 'success' })).toBe(3);
  const changed = logs.entries.filter(({ message }) => /changes in JSON/.test(message));
  expect(changed.map(({ level, path, reason }) => [level, path, reason])).toEqual([
    ['WARNING', 'at', expect.stringMatching(/^`at` is an instance of Date\. Pass plain objects/)],
  ]);
  await worker.close();
  logs.stop();
});

test('handlers may be methods of a class', async () => {
  class Sums {
    sum = 0;
    any(): void {}
    count({ n }: { n: number }): void {
      this.sum += n;
    }
  }
  const sums = new Sums();
  const worker = await runWorker(queue, sums);
  await queue.addAll([1, 2].map((n) => ({ type: 'count' as const, data: { n } })));
  while ((await queue.counts()).completed < 2) await sleep(5);
  expect(sums.sum).toBe(3);
  await worker.close();
});

test('an unknown option of close() is refused, and the worker runs on', async () => {
  const worker = await runWorker(queue, { any: () => 1, count: () => 1 });
  await expect(worker.close({ timeout: 5 } as never)).rejects.toMatchObject({
    code: ErrorCode.CONFIG_INVALID,
    message: expect.stringContaining('`timeout` is not an option of close()'),
  });
  await expect(worker.close({ timeoutMs: '5' } as never)).rejects.toMatchObject({
    code: ErrorCode.CONFIG_INVALID,
    message: expect.stringMatching(/^`timeoutMs` must be a number/),
  });
  expect(worker.running).toBe(true);
  await worker.close();
});

test('a queue that is closed while it opens says so, and takes its worker along', async () => {
  const adding = queue.add('count', { n: 1 });
  const starting = runWorker(queue, { any: () => 1, count: () => 1 });
  await queue.close();
  await expect(adding).rejects.toMatchObject({ code: ErrorCode.CLIENT_CLOSED });
  expect((await starting).running).toBe(false);
});

test('a task that another producer has broken, or removed, does not keep the others', async () => {
  const key = (id: string) => `bull:${queue.name}:${id}`;
  await redis.command('HSET', key('broken'), 'name', 'count', 'data', 'a secret', 'opts', '{}');
  await redis.command('LPUSH', key('wait'), 'removed', 'broken');
  const logs = captureLogs();
  const seen: number[] = [];
  const worker = await runWorker(queue, { any: () => 1, count: ({ n }) => seen.push(n) });
  await queue.add('count', { n: 1 });
  while (seen.length === 0) await sleep(5);
  while (!logs.entries.some(({ message }) => /has no type/.test(message))) await sleep(5);
  expect(worker.running).toBe(true);
  await worker.close({ timeoutMs: 0 });
  logs.stop();
  expect(logs.entries).toContainEqual(
    expect.objectContaining({
      message: expect.stringMatching(
        /^A task of queue "data-\d+" cannot be read: its data, options, /,
      ),
      error_code: ErrorCode.SCHEMA_MISMATCH,
    }),
  );
  expect(JSON.stringify(logs.entries)).not.toContain('secret');
});

test('no key that BullMQ has beside its tasks is an id', async () => {
  await queue.add('count', { n: 1 });
  const worker = await runWorker(queue, { any: () => 1, count: () => 1 });
  await finished(1);
  await worker.close();
  await queue.add('count', { n: 1 }, { priority: 1 });
  const keys = await redis.command('KEYS', `bull:${queue.name}:*`);
  const own = [...keys.matchAll(/:data-\d+:([a-z-]+)\r/g)].map(([, key]) => key as string);
  expect(own).toEqual(expect.arrayContaining(['meta', 'id', 'events', 'completed']));
  for (const id of own) {
    const refused = { code: ErrorCode.VALIDATION_ERROR, message: expect.stringContaining(id) };
    await expect(queue.add('count', { n: 1 }, { id })).rejects.toMatchObject(refused);
    const bullmq = { jobId: id };
    await expect(queue.add('count', { n: 1 }, { bullmq })).rejects.toMatchObject(refused);
  }
});

test('a flow finds a queue whose prefix is another one', async () => {
  const children = make(`children-${queues}`, { prefix: 'other' });
  const done = Promise.withResolvers<unknown[]>();
  const workers = [
    await runWorker(children, { any: () => 1, count: ({ n }) => n * 2 }),
    await runWorker(queue, {
      any: async (_, { childResults }) => done.resolve(Object.values(await childResults())),
      count: () => 1,
    }),
  ];
  const child = children.task('count', { n: 4 });
  await queue.addFlow(queue.task('any', 'sum', { children: [child] }));
  expect(await done.promise).toEqual([8]);
  for (const worker of workers) await worker.close();
  await children.close();
});

test('a flow over two servers is refused, before anything is added', async () => {
  const elsewhere = make(`else-${queues}`, { redis: { url: `${redis.url}/3` } });
  const flow = queue.task('any', 1, { children: [elsewhere.task('count', { n: 1 })] });
  await expect(queue.addFlow(flow)).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringMatching(/in one Redis: queue "else-.*\/3, queue "data-.*\/0\.$/),
  });
  expect(await queue.counts()).toMatchObject({ waiting: 0, 'waiting-children': 0 });
});

test('a child may tell BullMQ what its failure means to its parent', async () => {
  const done = Promise.withResolvers<unknown>();
  const logs = captureLogs();
  const worker = await runWorker(queue, {
    any: () => done.resolve('parent'),
    count: () => {
      throw new Error('no');
    },
  });
  const bullmq = { ignoreDependencyOnFailure: true };
  const child = queue.task('count', { n: 1 }, { bullmq });
  await queue.addFlow(queue.task('any', 1, { children: [child] }));
  expect(await done.promise).toBe('parent');
  await worker.close();
  logs.stop();
});

test('a parent that a failure of a child lets begin early runs again after the others', async () => {
  const logs = captureLogs();
  const go = Promise.withResolvers<void>();
  const runs: number[] = [];
  const worker = await runWorker(queue, {
    any: async (data, { childResults }) => {
      if (data === 'parent') runs.push(Object.keys(await childResults()).length);
      else await go.promise;
    },
    count: () => {
      throw new BaseError({ code: ErrorCode.VALIDATION_ERROR, message: 'no' });
    },
  });
  const failing = queue.task('count', { n: 1 }, { bullmq: { continueParentOnFailure: true } });
  const children = [failing, queue.task('any', 'slow')];
  const { id } = await queue.addFlow(queue.task('any', 'parent', { children }));
  const bull = await queue.bullmq<Queue>();
  while (runs.length === 0 || (await bull.getJobState(id)) === 'active') await sleep(5);
  expect(await bull.getJobState(id)).toBe('waiting-children');
  go.resolve();
  await finished(3);
  expect(runs).toEqual([0, 1]);
  expect(await bull.getJob(id)).toMatchObject({ attemptsMade: 1 });
  await worker.close();
  logs.stop();
});

test('a child that says nothing valid about its failure takes its parent along', async () => {
  const logs = captureLogs();
  const fails = () => {
    throw new BaseError({ code: ErrorCode.VALIDATION_ERROR, message: 'no' });
  };
  const worker = await runWorker(queue, { any: () => 1, count: fails });
  const flow = (bullmq: Record<string, unknown>) =>
    queue.task('any', 1, { children: [queue.task('count', { n: 1 }, { bullmq })] });
  await queue.addFlow(flow({ ignoreDependencyOnFailure: false }));
  await queue.addFlow(flow({ failParentOnFailure: undefined }));
  while ((await queue.counts()).failed < 4) await sleep(5);
  await expect(queue.addFlow(flow({ failParentOnFailure: false }))).rejects.toMatchObject({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringContaining('failParentOnFailure'),
  });
  await worker.close();
  logs.stop();
});

test('a child that BullMQ would not add is refused with its flow; the same flow may come again', async () => {
  const logs = captureLogs();
  const count = (id: string) => queue.task('count', { n: 1 }, { id });
  const flow = (id: string, ...children: string[]) =>
    queue.task('any', 1, { id, children: children.map(count) });
  const refused = (message: string) => ({
    code: ErrorCode.VALIDATION_ERROR,
    message: expect.stringContaining(message),
  });
  await expect(queue.addFlow(flow('p', 'p'))).rejects.toMatchObject(refused('"p" twice'));
  await expect(queue.addFlow(flow('p', 'c', 'c'))).rejects.toMatchObject(refused('"c" twice'));
  await queue.addFlow(flow('p', 'c'));
  await queue.addFlow(flow('p', 'c'));
  await expect(queue.addFlow(flow('q', 'c'))).rejects.toMatchObject(refused('another flow'));
  await queue.add('count', { n: 1 }, { id: 'done-before' });
  const worker = await runWorker(queue, {
    any: () => 1,
    count: (_, { id }) => {
      if (id === 'broken') {
        throw new BaseError({ code: ErrorCode.VALIDATION_ERROR, message: 'no' });
      }
    },
  });
  while ((await queue.counts()).completed < 3) await sleep(5);
  await queue.addFlow(flow('r', 'done-before'));
  await queue.add('count', { n: 1 }, { id: 'broken' });
  while ((await queue.counts()).failed < 1) await sleep(5);
  await expect(queue.addFlow(flow('s', 'broken'))).rejects.toMatchObject(refused('failed already'));
  while ((await queue.counts()).completed < 4) await sleep(5);
  expect(await queue.counts()).toMatchObject({ waiting: 0, 'waiting-children': 0 });
  await worker.close();
  logs.stop();
});

test('a flow of too many levels is refused', () => {
  let task = queue.task('count', { n: 0 });
  const add = () => {
    for (let n = 1; n < 1_000; n += 1) task = queue.task('count', { n }, { children: [task] });
  };
  expect(add).toThrow('500 levels');
});

test('tasks of one turn whose connection breaks in that turn are there once each', async () => {
  const client = await clientOf(queue);
  const numbers = Array.from({ length: 200 }, (_, n) => n);
  const adding = numbers.map((n) => queue.add('count', { n }, { id: `task-${n}` }));
  // The commands are written by now, and none has its reply.
  for (let turn = 0; turn < 20; turn += 1) await undefined;
  client.disconnect(true);
  await Promise.all(adding);
  expect(await queue.counts()).toMatchObject({ waiting: 200 });
  const seen: number[] = [];
  const worker = await runWorker(
    queue,
    { any: () => 1, count: ({ n }) => seen.push(n) },
    { concurrency: 1 },
  );
  await finished(200);
  await worker.close();
  // In their order: each was added once, at the latest when the connection was back.
  expect(seen).toEqual(numbers);
});

test('commands of one turn keep their order, and each has its own reply or error', async () => {
  const client = await clientOf(queue);
  const replies = await Promise.allSettled([
    ...Array.from({ length: 300 }, (_, n) => client.set(`order:${queue.name}`, `${n}`)),
    client.hset(`order:${queue.name}`, { wrong: '1' }),
    client.get(`order:${queue.name}`),
  ]);
  expect(replies.slice(0, 300).every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(replies[300]).toMatchObject({ reason: { message: expect.stringMatching(/^WRONGTYPE/) } });
  expect(replies[301]).toMatchObject({ value: '299' });
});

test('a password that Redis refuses is the cause of what was not done, and one line', async () => {
  const logs = captureLogs();
  const url = redis.url.replace('redis://', 'redis://nobody:wrong@');
  const refused = make('refused', { redis: { url, commandTimeoutMs: 1_000 } });
  const adding = refused.add('count', { n: 1 });
  await expect(adding).rejects.toMatchObject({
    code: ErrorCode.REDIS_UNAVAILABLE,
    originalError: { code: ErrorCode.REDIS_AUTH_FAILED },
  });
  await refused.close();
  logs.stop();
  expect(logs.entries.map(({ error_code }) => error_code)).toEqual([ErrorCode.REDIS_AUTH_FAILED]);
});

test('a database that Redis does not have is named, and nothing is written to another one', async () => {
  const logs = captureLogs();
  const lost = make('lost', { redis: { url: redis.url, database: 99, commandTimeoutMs: 1_000 } });
  const refused = {
    code: ErrorCode.CONFIG_INVALID,
    message: expect.stringContaining('database 99'),
  };
  await expect(lost.add('count', { n: 1 })).rejects.toMatchObject({
    code: ErrorCode.REDIS_UNAVAILABLE,
    originalError: refused,
  });
  await expect(lost.counts()).rejects.toMatchObject(refused);
  const worker = await runWorker(lost, { any: () => 1, count: () => 1 });
  await worker.close({ timeoutMs: 0 });
  await lost.close();
  logs.stop();
  expect(new Set(logs.entries.map(({ error_code }) => error_code))).toEqual(
    new Set([ErrorCode.CONFIG_INVALID]),
  );
  expect(await redis.command('KEYS', '*:lost:*')).toBe('*0\r\n');
});

test('a backoff of BullMQ replaces the waits, and the log does not name another one', async () => {
  const logs = captureLogs();
  await runWorker(queue, {
    any: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' })),
    count: () => 1,
  });
  await queue.add('any', {}, { attempts: 2, bullmq: { backoff: 7 } });
  await finished(1);
  await queue.add('any', {}, { attempts: 2 });
  await finished(2);
  logs.stop();
  const retried = logs.entries.filter(({ message }) => message === 'Task will be retried');
  expect(retried.map((line) => 'delay_ms' in line)).toEqual([false, true]);
});
