import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisOptions } from '@map/connections';
import { captureLogs } from '@map/logger';
import {
  type Cluster,
  freePort,
  type RedisServer,
  startCluster,
  startRedis,
  startSentinels,
} from '@map-tooling/testing';
import type { Queue } from 'bullmq';
import { expect, onTestFailed, test } from 'vitest';
import { runWorker } from '../../src/entries/bullmq.ts';
import { retry } from '../../src/index.ts';
import { loadIoredis } from '../../src/queue/client/libraries.ts';
import { queueClient } from '../../src/queue/client/redis-client.ts';
import { loadQueue } from '../fixtures/load-queue.ts';

const patient = { connectTimeoutMs: 5_000, commandTimeoutMs: 20_000 };

/** Lets a worker do tasks before and after a fault. */
async function row(
  redis: RedisOptions,
  fault: () => Promise<unknown>,
  prefix?: string,
): Promise<void> {
  const logs = captureLogs();
  const queue = loadQueue({ ...patient, ...redis }, prefix);
  const done = new Set<number>();
  let step = 'before';
  onTestFailed(() => {
    const lines = logs.entries.map(({ level, message }) => `${level} ${message}`);
    process.stderr.write(`${[step, `${done.size} tasks done`, ...lines.slice(-20)].join('\n')}\n`);
  });
  // The set itself would be a result that JSON does not carry.
  const count = ({ n }: { n: number }) => done.add(n).size;
  const worker = await runWorker(queue, { count }, { lockMs: 5_000 });
  try {
    for (const round of [0, 1]) {
      const numbers = Array.from({ length: 50 }, (_, index) => round * 50 + index);
      for (const n of numbers) {
        const options = { id: `task-${n}` };
        step = `adding ${n}`;
        await retry(() => queue.add('count', { n }, options), { timeoutMs: 60_000 });
      }
      step = 'waiting';
      while (done.size < (round + 1) * 50) await sleep(10);
      step = 'fault';
      if (round === 0) await fault();
    }
    step = 'flow';
    const flow = queue.task('count', { n: 200 }, { children: [queue.task('count', { n: 201 })] });
    await queue.addFlow(flow);
    while (!done.has(200)) await sleep(10);
    const failed = await (await queue.bullmq<Queue>()).getFailed();
    expect(failed.map(({ failedReason }) => failedReason)).toEqual([]);
  } finally {
    await worker.close({ timeoutMs: 1_000 });
    await queue.close();
    logs.stop();
  }
}

const rights = '~bull:* +@all -@dangerous +info';

test('TLS with its own certificate authority, and a user with rights to the keys alone', async () => {
  await using redis = await startRedis({ tls: true, users: [`worker on >first ${rights}`] });
  const { url, certificate } = redis;
  const tls = { ca: certificate?.cert ?? '' };
  await row({ url, username: 'worker', password: 'first', tls }, async () => undefined);
});

test('a password that rotates: it is asked for before every attempt to connect', async () => {
  await using redis = await startRedis({ users: [`worker on >first ${rights}`] });
  let password = 'first';
  const ask = async () => password;
  await row({ url: redis.url, username: 'worker', password: ask }, async () => {
    password = 'second';
    await redis.command('ACL', 'SETUSER', 'worker', 'resetpass', '>second');
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
  });
});

test('a primary that sentinels replace', async () => {
  await using sentinels = await startSentinels();
  const { nodes, primary } = sentinels;
  await row({ sentinel: { primary: 'main', nodes } }, async () => {
    await primary.kill();
    await sentinels.announced();
  });
});

test('a cluster whose nodeAddressMap is async', async () => {
  await using redis = await startRedis({
    config: [
      'cluster-enabled yes',
      `cluster-port ${await freePort()}`,
      'cluster-announce-ip 127.0.0.1',
    ],
  });
  await redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!(await redis.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(20);
  let calls = 0;
  const nodeAddressMap = (async () => {
    calls++;
    throw new Error('The map is late.');
  }) as never;
  const cluster = [{ host: '127.0.0.1', port: redis.port }];
  await row({ cluster, nodeAddressMap }, async () => undefined, '{map}');
  expect(calls).toBeGreaterThan(0);
});

test('a cluster whose replica takes over', async () => {
  await using cluster = await startCluster();
  const [first] = cluster.primaries;
  if (first === undefined) throw new Error('no primaries');
  // The node that holds the queue is the one with a replica.
  const prefix = await prefixOn(first);
  await row(
    { cluster: cluster.nodes },
    async () => {
      await first.kill();
      const state = () => cluster.replica.command('INFO', 'replication');
      while (!(await state()).includes('role:master')) await sleep(50);
    },
    prefix,
  );
});

test('a cluster whose password rotates, before a replica takes over', async () => {
  await using cluster = await startCluster();
  const { everywhere, first, prefix } = await withWorker(cluster);
  let password = 'first';
  let asked = 0;
  const ask = async () => {
    asked += 1;
    // A vault that does not reply every time.
    if (asked % 3 === 2) throw new Error('The vault is away.');
    return password;
  };
  await row(
    { cluster: cluster.nodes, username: 'worker', password: ask },
    async () => {
      password = 'second';
      await everywhere('ACL', 'SETUSER', 'worker', 'resetpass', '>second');
      await everywhere('CLIENT', 'KILL', 'TYPE', 'normal');
      await sleep(500);
      await first.kill();
      const state = () => cluster.replica.command('INFO', 'replication');
      while (!(await state()).includes('role:master')) await sleep(50);
    },
    prefix,
  );
});

test('a cluster that is not whole when a queue whose password rotates connects', async () => {
  await using cluster = await startCluster();
  const { everywhere, first, prefix } = await withWorker(cluster);
  const states = async (state: string) => {
    const replies = await everywhere('CLUSTER', 'INFO');
    return replies.every((reply) => reply.includes(`cluster_state:${state}`));
  };
  await everywhere('CONFIG', 'SET', 'cluster-require-full-coverage', 'yes');
  // A slot that the queue does not use. A node may learn its owner again from a message on its way.
  do {
    await everywhere('CLUSTER', 'DELSLOTS', '0');
    await sleep(50);
  } while (!(await states('fail')));
  const queue = loadQueue(
    { ...patient, cluster: cluster.nodes, username: 'worker', password: () => 'first' },
    prefix,
  );
  const adding = retry(() => queue.add('count', { n: 1 }, { id: 'one' }), { timeoutMs: 60_000 });
  const done = Promise.withResolvers<number>();
  const worker = await runWorker(queue, { count: ({ n }) => done.resolve(n) });
  // Several attempts to connect have found it so.
  await sleep(1_000);
  await first.command('CLUSTER', 'ADDSLOTS', '0');
  while (!(await states('ok'))) await sleep(50);
  await adding;
  expect(await done.promise).toBe(1);
  await worker.close();
  await queue.close();
});

test.each(['a password', 'a password that rotates'])(
  'with %s, an attempt to connect ends if the cluster is not whole, and a later one succeeds',
  async (how) => {
    await using cluster = await startCluster();
    const { everywhere } = await withWorker(cluster);
    const password = how === 'a password' ? 'first' : () => 'first';
    const given = { ...patient, cluster: cluster.nodes, username: 'worker', password };
    const client = queueClient(await loadIoredis(), 'load', given);
    client.on('error', () => undefined);
    await client.connect();
    await everywhere('CONFIG', 'SET', 'cluster-require-full-coverage', 'yes');
    const state = async () => (await everywhere('CLUSTER', 'INFO')).join('\n');
    do {
      await everywhere('CLUSTER', 'DELSLOTS', '0');
      await sleep(50);
    } while ((await state()).includes('cluster_state:ok'));
    const end = () => {
      const ended = once(client, 'end');
      client.disconnect();
      return ended;
    };
    await end();
    await expect(client.connect()).rejects.toThrow('closed');
    await sleep(500);
    // As BullMQ does when a command for new tasks fails.
    client.disconnect();
    await expect(client.connect()).rejects.toThrow('closed');
    // It waits for its next attempt.
    await end();
    const later = client.connect().catch(() => undefined);
    await cluster.primaries[0]?.command('CLUSTER', 'ADDSLOTS', '0');
    while ((await state()).includes('cluster_state:fail')) await sleep(50);
    await later;
    // BullMQ may ask again when another attempt has just succeeded.
    await client.connect();
    expect(await client.ping()).toBe('PONG');
    await end();
  },
);

test('a password that cannot be had for a while is asked for again', async () => {
  await using redis = await startRedis({ users: [`worker on >first ${rights}`] });
  let isAway = false;
  const ask = () => {
    if (isAway) throw new Error('The vault is away.');
    return 'first';
  };
  await row({ url: redis.url, username: 'worker', password: ask }, async () => {
    isAway = true;
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
    setTimeout(() => {
      isAway = false;
    }, 1_000);
  });
});

test.each(['a password', 'a password that rotates'])(
  'a Redis that is away at first is found later, with %s',
  async (how) => {
    await using redis = await startRedis({ users: [`worker on >first ${rights}`] });
    await redis.kill();
    const logs = captureLogs();
    const password = how === 'a password' ? 'first' : async () => 'first';
    const queue = loadQueue({ ...patient, url: redis.url, username: 'worker', password });
    const done = new Set<number>();
    const worker = await runWorker(queue, { count: ({ n }) => done.add(n).size });
    try {
      const adding = queue.add('count', { n: 1 });
      while (logs.entries.length === 0) await sleep(10);
      await redis.restart();
      await adding;
      while (!done.has(1)) await sleep(10);
      expect(logs.entries.map(({ message }) => message)).toContain('Queue reconnected');
    } finally {
      await worker.close({ timeoutMs: 1_000 });
      await queue.close();
      logs.stop();
    }
  },
);

/** Gives a cluster a user with rights to the keys alone, and finds a prefix on its first node. */
async function withWorker(cluster: Cluster) {
  const servers = [...cluster.primaries, cluster.replica];
  const everywhere = (...words: string[]) =>
    Promise.all(servers.map((server) => server.command(...words)));
  const rule = rights.replace('~bull:*', '~{*').split(' ');
  await everywhere('ACL', 'SETUSER', 'worker', 'on', '>first', ...rule);
  const first = cluster.primaries[0] as RedisServer;
  return { everywhere, first, prefix: await prefixOn(first) };
}

/** Finds a prefix whose keys are on the first node. */
async function prefixOn(first: RedisServer): Promise<string> {
  for (let i = 0; ; i += 1) {
    const slot = Number(/:(\d+)/.exec(await first.command('CLUSTER', 'KEYSLOT', `{q${i}}`))?.[1]);
    if (slot <= 5_460) return `{q${i}}`;
  }
}
