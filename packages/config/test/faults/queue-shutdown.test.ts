import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisOptions } from '@map/connections';
import { captureLogs } from '@map/logger';
import { type RedisServer, startCluster, startRedis, startSentinels } from '@map-tooling/testing';
import { expect, test } from 'vitest';
import { runWorker } from '../../src/entries/bullmq.ts';
import { loadQueue } from '../fixtures/load-queue.ts';
import { runChild } from '../support/child.ts';

interface Outage {
  readonly redis: RedisOptions;
  readonly env: Record<string, string>;
  go(): unknown;
  /** Lets a server that was stopped be ended. */
  over(): unknown;
}

/** Lets a process lose its Redis while it works, and shuts it down. */
async function lose({ redis, env, go, over }: Outage, command: string): Promise<void> {
  const queue = loadQueue({ ...redis, commandTimeoutMs: 50_000 });
  const child = runChild('test/fixtures/queue-shutdown.ts', {
    env: { SHUTDOWN_TIMEOUT: '3s', ...env },
  });
  try {
    await child.waitFor(/"what":"ready".*\n/);
    await queue.addAll([1, 2, 3].map((n) => ({ type: 'count' as const, data: { n } })));
    await child.waitFor(/"what":"taken".*\n(?:.*\n)*.*"what":"taken"/);
    await queue.close();
    await go();
    await sleep(300);
    child.write(`${command}\n`);
    // By itself: nothing calls process.exit().
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.records.at(-1)).toMatchObject({ what: 'ended', ok: false });
    expect(child.stderr).toMatch(/^Shutdown \(call\) did not end .*worker load/);
    expect(child.stderr).not.toContain('    at ');
  } finally {
    await over();
  }
}

test.each([
  ['is killed', 'results to note', 'release'],
  ['is killed', 'tasks that run on', 'stop'],
  ['hangs', 'results to note', 'release'],
  ['hangs', 'tasks that run on', 'stop'],
])('a process whose Redis %s ends by itself, with %s', async (how, _what, command) => {
  await using redis = await startRedis();
  const { url } = redis;
  const go = () => (how === 'hangs' ? redis.pause() : redis.kill());
  const over = () => (how === 'hangs' ? redis.resume() : undefined);
  await lose({ redis: { url }, env: { REDIS_URL: url }, go, over }, command);
});

test.each(['is killed', 'hangs'])('so does one whose whole cluster %s', async (how) => {
  await using cluster = await startCluster();
  const servers = [...cluster.primaries, cluster.replica];
  const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join();
  await lose(
    {
      redis: { cluster: cluster.nodes },
      env: { REDIS_MODE: 'cluster', REDIS_NODES: nodes },
      go: () => Promise.all(servers.map((one) => (how === 'hangs' ? one.pause() : one.kill()))),
      over: () => servers.map((one) => (how === 'hangs' ? one.resume() : undefined)),
    },
    'release',
  );
});

test('so does one whose sentinels are gone as well', async () => {
  const sentinels = await startSentinels();
  const { nodes, primary, replica } = sentinels;
  await lose(
    {
      redis: { sentinel: { primary: 'main', nodes } },
      env: {
        REDIS_MODE: 'sentinel',
        REDIS_NODES: nodes.map(({ host, port }) => `${host}:${port}`).join(),
        REDIS_SENTINEL_MASTER: 'main',
      },
      go: () => Promise.all([sentinels[Symbol.asyncDispose](), primary.kill(), replica.kill()]),
      over: () => undefined,
    },
    'release',
  );
});

test('a worker that closes waits for a Redis that comes back, and notes its results', async () => {
  await using redis = await startRedis({
    // With `everysec`, Redis may reply before it has written to the file, and a kill loses that.
    config: [
      'appendonly yes',
      'appendfsync no',
      `dir ${await mkdtemp(join(tmpdir(), 'map-queue-'))}`,
    ],
  });
  const logs = captureLogs();
  const queue = loadQueue({ url: redis.url, commandTimeoutMs: 50_000 });
  const release = Promise.withResolvers<void>();
  const taken: number[] = [];
  const worker = await runWorker(queue, {
    count: async ({ n }) => {
      taken.push(n);
      await release.promise;
    },
  });
  await queue.addAll([1, 2].map((n) => ({ type: 'count' as const, data: { n } })));
  while (taken.length < 2) await sleep(10);
  await redis.kill();
  while (!logs.entries.some(({ error_code }) => error_code !== undefined)) await sleep(10);
  const closing = worker.close();
  release.resolve();
  await sleep(300);
  await redis.restart();
  await closing;
  await expect.poll(() => queue.counts()).toMatchObject({ completed: 2, active: 0 });
  await queue.close();
  logs.stop();
});

test.each<[string, (redis: RedisServer) => Promise<unknown>]>([
  ['a flush', (redis) => redis.command('FLUSHALL')],
  ['a restart without a file', (redis) => redis.kill().then(() => redis.restart())],
])(
  'tasks that %s takes away while they run end with a line each, and the worker works on',
  async (_, lose) => {
    await using redis = await startRedis();
    const logs = captureLogs();
    const queue = loadQueue({ url: redis.url, commandTimeoutMs: 50_000 });
    const release = Promise.withResolvers<void>();
    const taken = new Set<number>();
    const worker = await runWorker(queue, {
      count: async ({ n }) => {
        taken.add(n);
        if (n < 3) await release.promise;
      },
    });
    const add = (n: number) => queue.add('count', { n }, { id: `task-${n}` });
    await Promise.all([1, 2].map(add));
    while (taken.size < 2) await sleep(10);
    await lose(redis);
    // The queue has reconnected.
    await add(3);
    await expect.poll(() => taken.size).toBe(3);
    release.resolve();
    const dropped = () =>
      logs.entries.filter(({ message }) => /no longer in Redis/.test(`${message}`));
    await expect
      .poll(() =>
        dropped()
          .map(({ task_id }) => task_id)
          .sort(),
      )
      .toEqual(['task-1', 'task-2']);
    await add(4);
    await expect.poll(() => queue.counts()).toMatchObject({ completed: 2, active: 0, failed: 0 });
    // Nothing waits for results that have no place any more.
    await worker.close();
    await queue.close();
    const messages = logs.entries.map(({ message }) => `${message}`);
    expect(messages.filter((message) => message.startsWith('Missing key'))).toEqual([]);
    logs.stop();
  },
);

test('one that closes within a limit does not wait for a Redis that stays away', async () => {
  const redis = await startRedis();
  const logs = captureLogs();
  const queue = loadQueue({ url: redis.url, commandTimeoutMs: 500 });
  const taken: number[] = [];
  const worker = await runWorker(queue, {
    count: async ({ n }) => {
      taken.push(n);
      await new Promise(() => undefined);
    },
  });
  await queue.add('count', { n: 1 });
  while (taken.length < 1) await sleep(10);
  await redis.stop();
  await worker.close({ timeoutMs: 100 });
  await queue.close();
  logs.stop();
});
