import { AsyncLocalStorage } from 'node:async_hooks';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConnectionEvent,
  ConnectionManager,
  type Lease,
  type RedisClient,
  type RedisOptions,
} from '../../../src/index.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function withManager<R>(
  redis: RedisOptions,
  work: (manager: ConnectionManager, events: ConnectionEvent[]) => Promise<R>,
): Promise<R> {
  const events: ConnectionEvent[] = [];
  const manager = new ConnectionManager({
    redis: { url: server.url, commandTimeoutMs: 30_000, connectTimeoutMs: 30_000, ...redis },
    observer: { observe: (event) => events.push(event) },
    logger: console,
  });
  try {
    return await work(manager, events);
  } finally {
    await manager.closeAllConnections({ timeoutMs: 100 });
  }
}

/** Repeats an attempt until it succeeds. */
async function until<R>(attempt: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      // The machine is busy.
    }
  }
}

const closeReasons = (events: ConnectionEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'close' ? [event.reason] : []));

describe('the shared connection', () => {
  test('is one, however many ask for it at once', async () => {
    await withManager({}, async (manager, events) => {
      const values = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          manager.redisConnection((redis) => redis.incrBy('single-flight', index)),
        ),
      );
      expect(values).toHaveLength(50);
      expect(events.filter(({ type }) => type === 'open')).toHaveLength(1);
    });
  });

  test('refuses what would stop or change it for others', async () => {
    await withManager({}, async (manager) => {
      const redis = await manager.getRedisConnection();
      const refused = { code: 'VALIDATION_ERROR_3500' };
      await expect(redis.blPop('list', 0)).rejects.toMatchObject(refused);
      await expect(redis.select(1)).rejects.toMatchObject(refused);
      await expect(redis.watch('key')).rejects.toMatchObject(refused);
      await expect(redis.subscribe('news', () => {})).rejects.toMatchObject(refused);
      await expect(redis.sendCommand(['BRPOP', 'list', '0'])).rejects.toMatchObject(refused);
      await expect(redis.xRead({ key: 's', id: '$' }, { BLOCK: 0 })).rejects.toMatchObject(refused);
      await expect(redis.close()).rejects.toMatchObject(refused);
      await expect(
        (redis as unknown as Record<string, () => Promise<void>>)['noSuchCommand']?.(),
      ).rejects.toMatchObject(refused);
      await expect(redis.multi().select(3).set('key', '1').exec()).rejects.toMatchObject(refused);
      const raw = redis.multi() as unknown as {
        addCommand(words: string[]): { exec(): Promise<unknown> };
      };
      await expect(raw.addCommand(['select', '3']).exec()).rejects.toMatchObject(refused);
      await expect(redis.sendCommand(['CLIENT', 'REPLY', 'OFF'])).rejects.toMatchObject(refused);
      expect(await redis.ping()).toBe('PONG');
      expect((await redis.clientInfo()).db).toBe(0);
    });
  });

  test('keeps the whole command set: transactions, iterators, options, signals', async () => {
    await withManager({}, async (manager) => {
      const redis = await manager.getRedisConnection();
      expect(await redis.multi().set('t', '1').incr('t').get('t').exec()).toEqual(['OK', 2, '2']);
      await redis.mSet(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`scan:${i}`, ''])));
      const keys: string[] = [];
      for await (const page of redis.scanIterator({ MATCH: 'scan:*' })) keys.push(...page);
      expect(new Set(keys).size).toBe(30);
      const buffers = redis.withTypeMapping({ 36: Buffer });
      expect(await buffers.get('t')).toEqual(Buffer.from('2'));
      const aborted = redis.withAbortSignal(AbortSignal.abort());
      await expect(aborted.get('t')).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
      await expect(redis.lPush('t', 'x')).rejects.toMatchObject({
        code: 'REDIS_ERROR_9100',
        retryable: false,
      });
    });
  });

  test('takes an answer that came in time, though the process was too busy to see it', async () => {
    await using server = await startRedis({ config: ['enable-debug-command yes'] });
    const manager = new ConnectionManager({ redis: { url: server.url, commandTimeoutMs: 800 } });
    const redis = await manager.getRedisConnection();
    await redis.ping();
    const answer = redis.sendCommand(['DEBUG', 'SLEEP', '0.1']);
    await new Promise((resolve) => setImmediate(resolve));
    for (const until = Date.now() + 1_500; Date.now() < until; );
    expect(await answer).toBe('OK');
    await manager.closeAllConnections();
  });

  test('bounds what waits while there is no server', async () => {
    const manager = new ConnectionManager({
      redis: { url: 'redis://127.0.0.1:1', maxQueued: 3, commandTimeoutMs: 300 },
    });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => manager.redisConnection((redis) => redis.ping())),
    );
    const messages = results.map((result) =>
      result.status === 'rejected' ? String(result.reason.message) : '',
    );
    expect(
      messages.filter((message) => message.includes('are already waiting for it')),
    ).toHaveLength(7);
    expect(messages.filter((message) => message.includes('did not open'))).toHaveLength(3);
    await manager.closeAllConnections();
  });

  test('tells why nothing was opened, to commands and to waiting holders, each with its own limit', async () => {
    const manager = new ConnectionManager({
      redis: { url: 'redis://127.0.0.1:1', commandTimeoutMs: 1_500 },
    });
    const attempts = [
      manager.redisConnection((redis) => redis.ping()),
      manager.redisConnection((redis) => redis.ping(), { timeoutMs: 1_500 }),
      manager.getRedisConnection({ timeoutMs: 1_500 }),
      manager.acquireRedis({ timeoutMs: 1_500 }),
    ];
    for (const result of await Promise.allSettled(attempts)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'CONNECTION_REFUSED_9001',
          cause: { code: 'CONNECTION_REFUSED_9001', cause: { code: 'ECONNREFUSED' } },
        },
      });
    }
    await manager.closeAllConnections();
  });

  test('ends work by signal and limit, also while it waits', async () => {
    const manager = new ConnectionManager({ redis: { url: 'redis://127.0.0.1:1' } });
    const stop = new AbortController();
    const waiting = manager.redisConnection((redis) => redis.ping(), { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED_1003',
      retryable: false,
    });
    await expect(
      manager.redisConnection((redis) => redis.ping(), { timeoutMs: 50 }),
    ).rejects.toMatchObject({ retryable: true });
    await expect(
      manager.redisConnection(() => new Promise(() => {}), { timeoutMs: 50 }),
    ).rejects.toMatchObject({ retryable: true });
    await manager.closeAllConnections();
  });

  test('lets an error of the work through as it is', async () => {
    await withManager({}, async (manager) => {
      const own = new RangeError('mine');
      await expect(
        manager.redisConnection(() => {
          throw own;
        }),
      ).rejects.toBe(own);
    });
  });
});

describe('leases', () => {
  test('serve blocking and transactional work', async () => {
    await withManager({}, async (manager) => {
      await using taker = await manager.acquireRedis();
      const taken = taker.connection.blPop('queue', 0);
      await manager.redisConnection((redis) => redis.rPush('queue', 'job'));
      expect(await taken).toEqual({ key: 'queue', element: 'job' });

      await using writer = await manager.acquireRedis();
      await writer.connection.watch('balance');
      await manager.redisConnection((redis) => redis.set('balance', '7'));
      await expect(writer.connection.multi().set('balance', '8').exec()).rejects.toMatchObject({
        code: 'REDIS_CONFLICT_9104',
        retryable: true,
      });
    });
  });

  test('leave nothing behind for the next holder', async () => {
    await withManager({ pool: { max: 1 } }, async (manager, events) => {
      {
        await using lease = await manager.acquireRedis();
        await lease.connection.select(5);
        await lease.connection.set('elsewhere', '1');
      }
      expect(closeReasons(events)).toEqual(['dirty']);
      {
        await using lease = await manager.acquireRedis();
        expect(await lease.connection.get('elsewhere')).toBeNull();
        await lease.connection.watch('watched');
      }
      await manager.redisConnection((redis) => redis.set('watched', 'changed'));
      {
        await using lease = await manager.acquireRedis();
        expect(await lease.connection.multi().set('watched', 'mine').exec()).toEqual(['OK']);
        await lease.connection.sendCommand(['MULTI']);
      }
      {
        await using lease = await manager.acquireRedis();
        expect(await lease.connection.get('watched')).toBe('mine');
        // An answer that is still to come must not meet the next holder.
        lease.connection.blPop('nothing', 0).catch(() => {});
      }
      await using lease = await manager.acquireRedis();
      expect(await lease.connection.ping()).toBe('PONG');
      expect(closeReasons(events)).toEqual(['dirty', 'dirty', 'dirty']);
    });
  });

  test('leave no setting of the connection behind', async () => {
    await withManager({ pool: { max: 1 }, clientName: 'ours' }, async (manager) => {
      for (const change of [
        (redis: RedisClient) => redis.clientSetName('theirs'),
        (redis: RedisClient) => redis.sendCommand(['CLIENT', 'SETNAME', 'theirs']),
        (redis: RedisClient) => redis.clientNoEvict(true),
        (redis: RedisClient) => redis.sendCommand(['client', 'no-evict', 'on']),
        (redis: RedisClient) => redis.sendCommand(['CLIENT', 'TRACKING', 'ON', 'BCAST']),
      ]) {
        {
          await using lease = await manager.acquireRedis();
          await change(lease.connection);
        }
        await using lease = await manager.acquireRedis();
        const { name, flags } = await lease.connection.clientInfo();
        expect({ name, flags }).toEqual({ name: 'ours', flags: 'N' });
        const shared = await manager.getRedisConnection();
        await expect(change(shared)).rejects.toMatchObject({ code: 'VALIDATION_ERROR_3500' });
      }
    });
  });

  test.each([
    ['ran out of time', () => ({ timeoutMs: 50 })],
    ['were cancelled', () => ({ signal: AbortSignal.timeout(50) })],
  ])('that %s while the server kept them waiting are not leased again', async (_how, bounds) => {
    await withManager({ pool: { max: 1 } }, async (manager, events) => {
      // Opening may take longer than the limit of the lease.
      await (await manager.acquireRedis()).release();
      {
        await using lease = await manager.acquireRedis(bounds());
        await expect(lease.connection.blPop('nothing', 0)).rejects.toThrow();
      }
      await using lease = await manager.acquireRedis();
      expect(await lease.connection.ping()).toBe('PONG');
      expect(closeReasons(events)).toEqual(['dirty']);
    });
  });

  test('are limited, queue in order, and can be waited for with a signal', async () => {
    await withManager(
      { pool: { max: 2, acquireTimeoutMs: 100, maxWaiting: 2 } },
      async (manager) => {
        const lease = (): Promise<Lease<RedisClient>> => manager.acquireRedis();
        // Opening may take longer than a caller waits here.
        const [first, second] = await Promise.all([until(lease), until(lease)]);
        await expect(manager.acquireRedis()).rejects.toMatchObject({
          code: 'POOL_EXHAUSTED_9006',
          retryable: true,
        });
        await expect(manager.acquireRedis({ timeoutMs: 50 })).rejects.toMatchObject({
          code: 'POOL_EXHAUSTED_9006',
          retryable: true,
        });
        const stop = new AbortController();
        const given = manager.acquireRedis({ signal: stop.signal });
        stop.abort();
        await expect(given).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
        const order: number[] = [];
        const waiting = [1, 2].map(async (index) => {
          await using _lease = await manager.acquireRedis();
          order.push(index);
        });
        await expect(manager.acquireRedis()).rejects.toMatchObject({ code: 'POOL_EXHAUSTED_9006' });
        await first.release();
        await Promise.all(waiting);
        await second.release();
        await second.release();
        expect(order).toEqual([1, 2]);
        expect(manager.stats()['redis']).toMatchObject({ inUse: 0, waiting: 0 });
      },
    );
  });

  test('that are not released are named with the code that acquired them', async () => {
    const warnings: string[] = [];
    const manager = new ConnectionManager({
      redis: { url: server.url, pool: { leakWarningMs: 30 } },
      logger: { ...console, warn: (message: string) => warnings.push(message) },
    });
    async function forgetful(): Promise<void> {
      await manager.acquireRedis();
    }
    await forgetful();
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toContain('forgetful');
    expect(warnings[0]).toContain('connection.test.ts');
    await manager.closeAllConnections({ timeoutMs: 10 });
  });

  test('are of no use once they have ended', async () => {
    await withManager({}, async (manager) => {
      const lease = await manager.acquireRedis();
      await lease.release();
      await expect(lease.connection.ping()).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
    });
  });
});

describe('context', () => {
  test('belongs to the task, also when it had to queue', async () => {
    const storage = new AsyncLocalStorage<string>();
    await withManager({ pool: { max: 1 } }, async (manager) => {
      const seen = await Promise.all(
        ['a', 'b', 'c', 'd'].map((name) =>
          storage.run(name, async () => {
            await using lease = await manager.acquireRedis();
            await lease.connection.ping();
            const shared = await manager.redisConnection(async (redis) => {
              await redis.ping();
              return storage.getStore();
            });
            return `${name}${storage.getStore()}${shared}`;
          }),
        ),
      );
      expect(seen).toEqual(['aaa', 'bbb', 'ccc', 'ddd']);
    });
  });

  test('belongs to the subscriber when a message comes', async () => {
    const storage = new AsyncLocalStorage<string>();
    await withManager({}, async (manager) => {
      const seen: unknown[] = [];
      await storage.run('subscriber', () =>
        manager.subscribe('context', (message) => seen.push([message, storage.getStore()])),
      );
      await storage.run('publisher', () =>
        manager.redisConnection((redis) => redis.publish('context', 'hello')),
      );
      await expect.poll(() => seen).toEqual([['hello', 'subscriber']]);
    });
  });
});

describe('subscriptions', () => {
  test('outlive lost connections, and failing listeners', async () => {
    await withManager({}, async (manager, events) => {
      const seen: string[] = [];
      await using news = await manager.subscribe('news', (message) => seen.push(message));
      await using _failing = await manager.subscribe('news', () => {
        throw new Error('listener');
      });
      await using _all = await manager.subscribe(
        'ne*',
        (message, channel) => {
          seen.push(`${channel}:${message}`);
        },
        { pattern: true },
      );
      const publish = (message: string): Promise<number> =>
        manager.redisConnection((redis) => redis.publish('news', message));
      await publish('one');
      await expect.poll(() => seen).toEqual(['one', 'news:one']);
      expect(events.some(({ type }) => type === 'error')).toBe(true);
      await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await expect.poll(() => publish('two').catch(() => 0)).toBe(2);
      await expect.poll(() => seen).toContain('two');
      await news.unsubscribe();
      await publish('three');
      await expect.poll(() => seen).toContain('news:three');
      expect(seen).not.toContain('three');
    });
  });
});
