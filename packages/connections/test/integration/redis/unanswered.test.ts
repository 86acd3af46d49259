import { isRetryable } from '@map/errors';
import {
  type FaultProxy,
  type RedisServer,
  startFaultProxy,
  startRedis,
} from '@map-tooling/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionManager, type RedisClient, type UseOptions } from '../../../src/index.ts';

let server: RedisServer;
let proxy: FaultProxy;
let manager: ConnectionManager;
beforeAll(async () => {
  server = await startRedis();
  proxy = await startFaultProxy(server);
  manager = new ConnectionManager({
    redis: {
      url: `redis://127.0.0.1:${proxy.port}`,
      commandTimeoutMs: 500,
      connectTimeoutMs: 30_000,
    },
  });
});
afterAll(async () => {
  await manager.closeAllConnections({ timeoutMs: 100 });
  await proxy.stop();
  await server.stop();
});

type Row = readonly [name: string, call: (redis: RedisClient) => Promise<unknown>];

const onlyOnce: readonly Row[] = [
  ['INCR', (redis) => redis.incr('n')],
  ['raw INCR', (redis) => redis.sendCommand(['incr', 'n'])],
  ['LPUSH', (redis) => redis.lPush('list', 'a')],
  ['XADD', (redis) => redis.xAdd('stream', '*', { a: '1' })],
  ['MULTI', (redis) => redis.multi().set('k', 'v').exec()],
  ['EVAL', (redis) => redis.eval('return 1')],
  ['PUBLISH', (redis) => redis.publish('channel', 'm')],
  ['GETDEL', (redis) => redis.getDel('k')],
  // A lock: the second SET would be refused by the first.
  ['SET NX', (redis) => redis.set('lock', 'me', { NX: true })],
  ['SET by condition', (redis) => redis.set('lock', 'me', { condition: 'NX' })],
  ['SET GET', (redis) => redis.set('k', 'v', { GET: true })],
  ['raw SET NX', (redis) => redis.sendCommand(['SET', 'lock', 'me', 'PX', '100', 'nx'])],
  ['raw ZADD INCR', (redis) => redis.sendCommand(['ZADD', 'set', 'INCR', '1', 'a'])],
];

const again: readonly Row[] = [
  ['GET', (redis) => redis.get('k')],
  ['raw GET', (redis) => redis.sendCommand(['get', 'k'])],
  ['SET', (redis) => redis.set('k', 'v')],
  ['SET of a key and a value like options', (redis) => redis.set('GET', 'NX')],
  ['SET with a time', (redis) => redis.set('k', 'v', { EX: 10, NX: false as never })],
  ['raw SET', (redis) => redis.sendCommand(['SET', 'k', 'NX', 'EX', '10'])],
  ['ZADD', (redis) => redis.zAdd('set', { score: 1, value: 'a' })],
  ['HSET', (redis) => redis.hSet('hash', 'a', 'b')],
];

describe('a command that was sent and got no reply', () => {
  /** Sends the rows over one connection, and returns the errors by name. */
  async function failures(rows: readonly Row[]): Promise<Record<string, unknown>> {
    proxy.set({});
    await expect
      .poll(() => manager.redisConnection((redis) => redis.ping()).catch(String), {
        timeout: 30_000,
      })
      .toBe('PONG');
    return await manager.redisConnection(async (redis) => {
      proxy.set({ blackhole: true });
      const calls = rows.map(async ([name, call]) => [name, await call(redis).catch((e) => e)]);
      return Object.fromEntries(await Promise.all(calls));
    });
  }

  test('may be repeated only if its caller knows that it is safe', async () => {
    for (const [name, error] of Object.entries(await failures(onlyOnce))) {
      expect(error, name).toMatchObject({ retry: 'conditional' });
      expect(isRetryable(error), name).toBe(false);
      expect(isRetryable(error, { idempotent: false }), name).toBe(false);
      expect(isRetryable(error, { idempotent: true }), name).toBe(true);
    }
  });

  test('may be repeated if it does the same twice', async () => {
    for (const [name, error] of Object.entries(await failures(again))) {
      expect(error, name).toMatchObject({ retry: 'yes' });
      expect(isRetryable(error), name).toBe(true);
    }
  });

  test('makes no difference to work with its own limit', async () => {
    proxy.set({});
    await expect
      .poll(() => manager.redisConnection((redis) => redis.ping()).catch(String), {
        timeout: 30_000,
      })
      .toBe('PONG');
    const work = (bounds: UseOptions): Promise<unknown> =>
      manager.redisConnection((redis) => {
        proxy.set({ blackhole: true });
        return redis.incr('n');
      }, bounds);
    await expect(work({ timeoutMs: 200 })).rejects.toMatchObject({
      code: 'CONNECTION_TIMEOUT_9003',
      retry: 'conditional',
    });
    await expect(work({ signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT_1002',
      retry: 'conditional',
    });
  });
});
