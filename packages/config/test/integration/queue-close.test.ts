// A task that closes its own worker or queue would wait for its own end.

import { setTimeout as sleep } from 'node:timers/promises';
import { runTool } from '@map/config';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runWorker, type TaskWorker, taskQueue } from '../../src/entries/bullmq.ts';
import { restoreMetrics } from '../support/metrics.ts';

const types = { stop: Type.Object({}), slow: Type.Object({}) };

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
  restoreMetrics();
});

const open = (name: string) => taskQueue(name, { types, redis: { url: redis.url } });

/** A promise that a task waits for, so that it runs as long as a test wants. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, pass: resolve };
}

interface Closing {
  readonly title: string;
  readonly end: (worker: TaskWorker, close: () => Promise<void>) => Promise<unknown>;
}

test.each<Closing>([
  { title: 'its worker', end: (worker) => worker.close() },
  { title: 'its worker with a limit', end: (worker) => worker.close({ timeoutMs: 60_000 }) },
  { title: 'its queue', end: (_, close) => close() },
  {
    title: 'its worker, in a tool that it runs',
    end: (worker) => runTool({ tool: 'end' }, () => worker.close()),
  },
])('a task that closes $title does not wait for itself, and its end is noted', async ({ end }) => {
  const queue = open(`close-${Math.random()}`);
  const others = gate();
  const started = gate();
  const ended: string[] = [];
  const worker: TaskWorker = await runWorker(
    queue,
    {
      slow: async () => {
        started.pass();
        await others.passed;
        ended.push('slow');
      },
      stop: async () => {
        await started.passed;
        await end(worker, () => queue.close());
        ended.push('stop');
        others.pass();
      },
    },
    { concurrency: 2 },
  );
  await queue.add('slow', {});
  await queue.add('stop', {});
  while (ended.length < 2) await sleep(5);
  // From outside, it waits for all of it.
  await worker.close();
  expect(ended).toEqual(['stop', 'slow']);
  expect(worker.running).toBe(false);
  expect(await queue.counts()).toMatchObject({ completed: 2, active: 0, waiting: 0 });
  await queue.close();
});

test('a task that closes another worker waits for it', async () => {
  const queue = open('close-own');
  const other = open('close-other');
  const opened = gate();
  const ended: string[] = [];
  const otherWorker = await runWorker(other, {
    stop: () => undefined,
    slow: async () => {
      opened.pass();
      await sleep(50);
      ended.push('other');
    },
  });
  const worker = await runWorker(queue, {
    slow: () => undefined,
    stop: async () => {
      await opened.passed;
      await otherWorker.close();
      ended.push('own');
    },
  });
  await other.add('slow', {});
  await queue.add('stop', {});
  while (ended.length < 2) await sleep(5);
  expect(ended).toEqual(['other', 'own']);
  await worker.close();
  await queue.close();
  await other.close();
});
