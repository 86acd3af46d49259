// A Redis, or a proxy before it, that refuses commands of BullMQ: an error names the command and the
// remedy, and a worker rests and comes back by itself.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode } from '@map/errors';
import { type CapturedLogs, captureLogs } from '@map/logger';
import { type RedisServer, startFaultProxy, startRedis } from '@map-tooling/testing';
import { Type } from '@sinclair/typebox';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { runWorker, type TaskQueue, type TaskWorker, taskQueue } from '../../src/entries/bullmq.ts';
import { runCommand } from '../support/command.ts';

const types = { count: Type.Object({ n: Type.Integer() }) };
const RIGHTS = '+@read +@write +@scripting +@transaction +@connection +info';

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

async function allow(user: string, rules: string): Promise<string> {
  const set = ['ACL', 'SETUSER', user, 'reset', 'on', '>pw', '&*'];
  expect(await redis.command(...set, ...rules.split(' '))).toBe('+OK\r\n');
  return redis.url.replace('redis://', `redis://${user}:pw@`);
}

function make(name: string, url: string, commandTimeoutMs = 50_000): TaskQueue<typeof types> {
  const queue = taskQueue(name, { types, redis: { url, commandTimeoutMs } });
  made.push(queue);
  return queue;
}

async function until(check: () => unknown): Promise<void> {
  while (!(await check())) await sleep(5);
}

const messages = () => logs.entries.map(({ message }) => message);

/** Starts a worker that counts. */
async function work(
  queue: TaskQueue<typeof types>,
): Promise<{ done: number[]; worker: TaskWorker }> {
  const done: number[] = [];
  const worker = await runWorker(queue, { count: ({ n }) => done.push(n) });
  return { done, worker };
}

test.each([
  ['EVAL', 'eval', '~* +@all -@scripting', "'eval"],
  ['a command inside a script', 'inside', '~* +@all -xadd', "can't run this command"],
  ['the keys', 'keys', '~app:* +@all', 'keys'],
])(
  'a user without the right to %s: each error says so, and the worker returns',
  async (_, name, rules, words) => {
    const queue = make(name, await allow(name, rules));
    const refused = {
      code: ErrorCode.REDIS_AUTH_FAILED,
      message: expect.stringMatching(
        new RegExp(
          `${words}.*Allow the user of Redis .*~bull:\\* ${RIGHTS.replaceAll('+', '\\+')}`,
        ),
      ),
    };
    await expect(queue.add('count', { n: 1 })).rejects.toMatchObject(refused);
    const flow = queue.task('count', { n: 2 }, { children: [queue.task('count', { n: 3 })] });
    await expect(queue.addFlow(flow)).rejects.toMatchObject(refused);
    const { done, worker } = await work(queue);
    // What is refused inside scripts of the producer alone does not concern it.
    if (name !== 'inside') await until(() => !worker.running);
    await allow(name, `~bull:* ${RIGHTS}`);
    await queue.add('count', { n: 4 });
    await until(() => done.includes(4));
    expect(worker.running).toBe(true);
  },
);

test('a user without the right to BZPOPMIN: the worker rests between its attempts', async () => {
  const queue = make('blocking', await allow('blocking', '~* +@all -bzpopmin'));
  const { done, worker } = await work(queue);
  await until(() => !worker.running);
  expect(messages()).toContainEqual(expect.stringContaining("'bzpopmin' command. Allow the user"));
  await allow('blocking', '~* +@all');
  await queue.add('count', { n: 1 });
  await until(() => done.length === 1);
});

test('a user without the right to INFO: the queue works, with one warning', async () => {
  const queue = make('info', await allow('info', '~* +@all -info'));
  const { done } = await work(queue);
  await queue.add('count', { n: 1 });
  await until(() => done.length === 1);
  expect(messages()).toEqual([expect.stringContaining('Redis refuses INFO')]);
});

test('the rights that the errors name are enough, also for a flow', async () => {
  const queue = make('rights', await allow('rights', `~bull:* ${RIGHTS}`));
  const { done } = await work(queue);
  await queue.addFlow(queue.task('count', { n: 2 }, { children: [queue.task('count', { n: 1 })] }));
  await until(() => done.length === 2);
  await queue.add('count', { n: 3 }, { delayMs: 1, priority: 2 });
  await until(() => done.length === 3);
  expect(messages()).toEqual([]);
});

test('while the memory of Redis is full, every way to add a task says so', async () => {
  const queue = make('full', redis.url);
  await queue.counts();
  await redis.command('CONFIG', 'SET', 'maxmemory', '1');
  onTestFinished(async () => void (await redis.command('CONFIG', 'SET', 'maxmemory', '0')));
  const full = { code: ErrorCode.REDIS_OUT_OF_MEMORY };
  await expect(queue.add('count', { n: 1 })).rejects.toMatchObject(full);
  await expect(queue.addAll([{ type: 'count', data: { n: 1 } }])).rejects.toMatchObject(full);
  const flow = queue.task('count', { n: 2 }, { children: [queue.task('count', { n: 3 })] });
  await expect(queue.addFlow(flow)).rejects.toMatchObject(full);
});

test('a name that a failover has given to another server: the queue leaves the replica', async () => {
  await using next = await startRedis();
  await using old = await startRedis();
  const target = { port: old.port };
  await using proxy = await startFaultProxy(target);
  const queue = make('moved', `redis://127.0.0.1:${proxy.port}`);
  const { done } = await work(queue);
  await queue.add('count', { n: 1 });
  await until(() => done.length === 1);
  target.port = next.port;
  await old.command('REPLICAOF', '127.0.0.1', `${next.port}`);
  const add = () =>
    queue.add('count', { n: 2 }).then(
      () => 'added',
      ({ code }) => code as string,
    );
  const results = [await add()];
  while (results.at(-1) !== 'added') {
    results.push(await add());
    await sleep(20);
  }
  expect(new Set(results)).toEqual(new Set([ErrorCode.REDIS_UNAVAILABLE, 'added']));
  await until(() => done.length === 2);
  await queue.close();
});

interface Proxy {
  readonly url: string;
  end(): void;
  /** Resets the connections whose last command is such a one. */
  reset(command: RegExp): void;
}

/** A proxy that closes a connection in which one of these commands is sent. */
async function startProxy(...refused: string[]): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const last = new Map<Socket, string>();
  const proxy = createServer((client) => {
    const server = connect(redis.port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('close', () => server.destroy());
    client.on('data', (bytes) => {
      last.set(client, `${bytes}`);
      const isRefused = refused.some((name) => new RegExp(`\r\n${name}\r\n`, 'i').test(`${bytes}`));
      if (isRefused) client.end();
      else server.write(bytes);
    });
    server.pipe(client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const end = () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  };
  const reset = (command: RegExp) => {
    for (const [socket, text] of last) if (command.test(text)) socket.resetAndDestroy();
  };
  return { url: `redis://127.0.0.1:${port}`, end, reset };
}

test('a proxy that closes each blocking connection is one line', async () => {
  const { url, end } = await startProxy('bzpopmin');
  const queue = make('blocked', url);
  await work(queue);
  await until(() => messages().length > 0);
  expect(messages()).toEqual([
    expect.stringContaining('closes each connection of queue "blocked"'),
  ]);
  await queue.close();
  end();
});

test('a port that expects TLS, without it, is named', async () => {
  await using server = await startRedis({ tls: true });
  const queue = make('plain', `redis://127.0.0.1:${server.port}`, 1_000);
  await queue.bullmq();
  await until(() => messages().some((text) => text.includes('TLS needs rediss://')));
  await queue.close();
});

test('a proxy that closes each connection in its handshake is one line and the reason', async () => {
  const { url, end } = await startProxy('hello');
  const queue = make('proxy', url, 1_000);
  await queue.bullmq();
  const words = expect.stringMatching(/closes each connection .*refuses HELLO, CLIENT, INFO, EVAL/);
  await until(() => messages().length > 0);
  await expect(queue.add('count', { n: 1 })).rejects.toMatchObject({
    code: ErrorCode.REDIS_UNAVAILABLE,
    originalError: { message: words },
  });
  expect(messages()).toEqual([words]);
  await queue.close();
  end();
});

test('`map-config doctor` says which command is refused', async () => {
  await make('examined', redis.url).add('count', { n: 1 });
  const examine = async (user: string, rules: string) => {
    const env = { REDIS_URL: await allow(user, rules), METRICS_ENABLED: 'false' };
    const args = ['doctor', '--json', '--timeout-ms', '50000'];
    const { stdout } = await runCommand(args, env, tmpdir());
    return (JSON.parse(stdout) as { probes: Record<string, string>[] }).probes;
  };
  expect(await examine('scanless', '~* +@all -scan')).toContainEqual(
    expect.objectContaining({
      name: 'queues',
      verdict: 'warning',
      message: expect.stringContaining("'scan'"),
      remedy: expect.stringContaining('SCAN'),
    }),
  );
  const queues = await examine('infoless', '~* +@all -info -@scripting');
  expect(queues.find(({ name }) => name === 'queue examined')).toMatchObject({
    verdict: 'failed',
    message: expect.stringContaining("'eval"),
    remedy: expect.stringContaining(RIGHTS),
  });
});

test('a task whose lock was lost ends while its worker closes: nothing waits for a reply', async () => {
  const queue = make('closing', redis.url);
  const started = Promise.withResolvers<string>();
  const go = Promise.withResolvers<void>();
  const worker = await runWorker(queue, {
    count: async (_, { id }) => {
      started.resolve(id);
      await go.promise;
    },
  });
  await queue.add('count', { n: 1 });
  const id = await started.promise;
  const { backend } = await queue.bullmq<Queue>();
  const client = (await backend.client) as unknown as Redis;
  await client.del(`bull:${queue.name}:${id}:lock`);
  const closing = worker.close();
  go.resolve();
  await closing;
  expect(messages()).toContain('Task left to another process: its lock was lost');
});

const GONE = 'Task ended that is no longer in Redis: its result is dropped';

test('a task that is gone while its worker closes is left to nobody', async () => {
  const queue = make('gone', redis.url);
  const started: string[] = [];
  const go = Promise.withResolvers<void>();
  const count = async (_: unknown, { id }: { id: string }) => {
    started.push(id);
    await go.promise;
  };
  const worker = await runWorker(queue, { count });
  await queue.addAll([1, 2].map((n) => ({ type: 'count' as const, data: { n } })));
  await until(() => started.length === 2);
  await redis.command('FLUSHALL');
  const closing = worker.close();
  go.resolve();
  await closing;
  expect(messages()).toEqual([GONE, GONE]);
});

test('a task whose lock cannot be renewed, because it is gone, is left to nobody', async () => {
  const queue = make('renewed', redis.url);
  const started = Promise.withResolvers<void>();
  const count = async (_: unknown, { signal }: { signal: AbortSignal }) => {
    started.resolve();
    await sleep(60_000, undefined, { signal });
  };
  await runWorker(queue, { count }, { lockMs: 1_000 });
  await queue.add('count', { n: 1 });
  await started.promise;
  await redis.command('FLUSHALL');
  await until(() => messages().some((text) => text.startsWith('Task ')));
  expect(messages()).toEqual([expect.stringContaining('was interrupted'), GONE]);
});

test('a worker whose blocking connection is reset does not rest', async () => {
  const { url, end, reset } = await startProxy();
  const queue = make('reset', url);
  const { done, worker } = await work(queue);
  await queue.add('count', { n: 1 });
  await until(() => done.length === 1);
  // It waits for the next task.
  await sleep(200);
  reset(/bzpopmin/i);
  await until(() => messages().length > 0);
  expect(messages()).toEqual(['read ECONNRESET']);
  await queue.add('count', { n: 2 });
  await until(() => done.length === 2);
  await sleep(50);
  expect(worker.running).toBe(true);
  await queue.close();
  end();
});

test('connections that are closed by the queue are not those that a proxy closes', async () => {
  const { url, end, reset } = await startProxy();
  for (let time = 0; time < 2; time += 1) {
    const queue = make('short', url);
    await queue.counts();
    for (let cut = 0; cut < 2; cut += 1) {
      reset(/./);
      await sleep(5);
      await queue.counts();
    }
    await queue.close();
  }
  await sleep(50);
  expect(messages().filter((text) => text.includes('closes each'))).toEqual([]);
  end();
});
