import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode } from '@map/errors';
import { getMetricsManager } from '@map/metrics';
import { startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import { expect, onTestFinished, test } from 'vitest';
import { taskQueue } from '../../src/entries/bullmq.ts';

const types = { count: Type.Object({ n: Type.Integer() }) };
const refused = expect.objectContaining({ code: ErrorCode.REDIS_UNAVAILABLE, retryable: true });

async function open(name: string, commandTimeoutMs = 500) {
  const redis = await startRedis();
  const queue = taskQueue(name, { types, redis: { url: redis.url, commandTimeoutMs } });
  onTestFinished(async () => {
    await queue.close();
    await redis.stop();
  });
  await queue.add('count', { n: 0 });
  return { redis, queue };
}

test('tasks that were refused while Redis was away are not added when it is back', async () => {
  const { redis, queue } = await open('outage');
  await redis.kill();
  // Sent before the client knew: such a command is sent again, and may have been executed.
  await queue.counts().catch(() => undefined);
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  for (let round = 0; round < 3; round += 1) {
    const adding = Array.from({ length: 100 }, (_, n) => queue.add('count', { n }));
    const outcomes = await Promise.allSettled(adding);
    expect(outcomes.map(({ status }) => status)).not.toContain('fulfilled');
    expect(outcomes[0]).toMatchObject({ reason: refused });
    await expect(queue.addAll([{ type: 'count', data: { n: 1 } }])).rejects.toEqual(refused);
  }
  await redis.restart();
  await expect.poll(() => queue.counts().catch(() => undefined)).toMatchObject({ waiting: 0 });
  // A command that a client had kept would have been sent before this one.
  await queue.add('count', { n: 1 });
  expect(await queue.counts()).toMatchObject({ waiting: 1 });
  expect(warnings).toEqual([]);
});

test('a task that is added while Redis is away for a moment is added once it is back', async () => {
  const { redis, queue } = await open('moment', 60_000);
  await redis.kill();
  const adding = queue.add('count', { n: 1 });
  await redis.restart();
  await expect(adding.then(() => true)).resolves.toBe(true);
  expect(await queue.counts()).toMatchObject({ waiting: 1 });
});

test('a scrape does not wait for the Redis of a queue that is away', async () => {
  const { redis } = await open('scraped', 60_000);
  const metrics = getMetricsManager();
  await metrics.collect(60_000);
  await redis.kill();
  await sleep(200);
  // Far less than the limits, which a collector that waits would take.
  const answered = metrics.collect(60_000).then(() => 'answered');
  expect(await Promise.race([answered, sleep(20_000, 'waits', { ref: false })])).toBe('answered');
});

test('many tasks have the limit of one several times: Redis adds them in one step', async () => {
  const { redis, queue } = await open('many', 3_000);
  redis.pause();
  const children = Array.from({ length: 9_000 }, (_, n) => queue.task('count', { n }));
  const adding = queue.addFlow(queue.task('count', { n: 0 }, { children }));
  const one = queue.add('count', { n: 1 });
  await expect(one).rejects.toEqual(refused);
  redis.resume();
  await expect(adding).resolves.toMatchObject({ id: expect.any(String) });
});
