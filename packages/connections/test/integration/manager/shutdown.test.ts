import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConnectionManager, getConnectionManager } from '../../../src/index.ts';
import { serve } from '../../support/http-server.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** Nothing but shutdowns is about time here, so a busy machine must not make a difference. */
const limits = { commandTimeoutMs: 30_000, connectTimeoutMs: 30_000 };
const patient = { ...limits, pool: { max: 5, acquireTimeoutMs: 30_000 } };

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('completes accepted work, refuses new work, loses nothing silently', async () => {
  await using web = await serve((_request, response) => setTimeout(() => response.end('x'), 50));
  const manager = new ConnectionManager({
    redis: { url: server.url, ...patient },
    http: { timeoutMs: 60_000 },
  });
  const kept = await manager.getRedisConnection();
  const outcomes = { completed: 0, refused: 0, other: [] as unknown[] };
  const note = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      outcomes.completed += 1;
    } catch (error) {
      if ((error as { code?: string }).code === 'CLIENT_CLOSED_9007') outcomes.refused += 1;
      else outcomes.other.push(error);
    }
  };
  const works = [
    // Several commands with pauses: accepted work may continue after the shutdown has begun.
    () =>
      manager.redisConnection(async (redis) => {
        for (let step = 0; step < 5; step++) {
          await redis.incr('steps');
          await sleep(10);
        }
      }),
    async () => {
      await using lease = await manager.acquireRedis();
      await lease.connection.incr('steps');
      await sleep(20);
      await lease.connection.incr('steps');
    },
    () => manager.httpSession((http) => http.get(web.url).text()),
  ];
  const started: Promise<void>[] = [];
  for (let round = 0; round < 40; round++) {
    for (const work of works) started.push(note(work));
  }
  await sleep(30);
  const closing = manager.closeAllConnections({ timeoutMs: 60_000 });
  for (const work of works) started.push(note(work));
  started.push(note(() => kept.ping()));
  const report = await closing;
  await Promise.all(started);
  expect(outcomes).toEqual({ completed: 120, refused: 4, other: [] });
  expect(report).toMatchObject({ abandoned: 0 });
  expect((await server.command('GET', 'steps')).split('\r\n')[1]).toBe(String(40 * 5 + 40 * 2));
});

test('aborts what does not end in time, and says so to its caller', async () => {
  const manager = new ConnectionManager({ redis: { url: server.url, ...patient } });
  const lease = await manager.acquireRedis();
  const blocked = lease.connection.blPop('never', 0);
  const endless = manager.redisConnection(() => new Promise(() => {}));
  const settled = Promise.allSettled([blocked, endless]);
  const report = await manager.closeAllConnections({ timeoutMs: 50 });
  const results = await settled;
  expect(report.abandoned).toBe(2);
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'CLIENT_CLOSED_9007' } });
  }
  await lease.release();
});

test('does not wait for a server that has stopped answering', async () => {
  const manager = new ConnectionManager({ redis: { url: server.url, ...patient } });
  await manager.redisConnection((redis) => redis.ping());
  server.pause();
  const stuck = manager.redisConnection((redis) => redis.ping());
  const settled = Promise.allSettled([stuck]);
  const report = await manager.closeAllConnections({ timeoutMs: 50 });
  server.resume();
  expect(report.abandoned).toBeGreaterThan(0);
  expect(await settled).toMatchObject([{ reason: { code: 'CLIENT_CLOSED_9007' } }]);
});

test('of one connection leaves the others, and its name can be used again', async () => {
  const manager = new ConnectionManager({ redis: { url: server.url, ...patient } });
  manager.addRedis('cache', { url: server.url, database: 1 });
  const kept = await manager.getRedisConnection({ name: 'cache' });
  await kept.set('key', 'cached');
  expect(await manager.close('cache')).toEqual({ completed: 0, abandoned: 0 });
  await expect(kept.get('key')).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
  expect(await manager.redisConnection((redis) => redis.get('key'))).toBeNull();
  expect(await manager.redisConnection((redis) => redis.get('key'), { name: 'cache' })).toBe(
    'cached',
  );
  await manager.closeAllConnections();
});

test('of the manager of the process makes room for a new one', async () => {
  const first = getConnectionManager({ http: { retries: 0 } });
  expect(getConnectionManager()).toBe(first);
  expect(() => getConnectionManager({})).toThrowError(/already exists/);
  await first.closeAllConnections();
  await expect(first.redisConnection((redis) => redis.ping())).rejects.toMatchObject({
    code: 'CLIENT_CLOSED_9007',
  });
  const second = getConnectionManager();
  expect(second).not.toBe(first);
  await second.closeAllConnections();
});

test('health says what is down, within its limit', async () => {
  const manager = new ConnectionManager({ redis: { url: server.url, ...patient } });
  manager.addRedis('gone', { url: 'redis://127.0.0.1:1' });
  expect(await manager.health()).toMatchObject({
    status: 'pass',
    connections: { redis: { checked: false }, gone: { checked: false } },
  });
  expect(await manager.health({ open: true, timeoutMs: 5_000 })).toMatchObject({
    status: 'fail',
    connections: {
      redis: { status: 'pass', checked: true },
      http: { status: 'pass', checked: true },
      gone: { status: 'fail', errorType: 'CONNECTION_REFUSED_9001' },
    },
  });
  const one = await manager.health({ name: 'http' });
  expect(one).toMatchObject({ status: 'pass', connections: { http: { kind: 'http' } } });
  expect(Object.keys(one.connections)).toEqual(['http']);
  await expect(manager.health({ name: 'other' })).rejects.toThrow('no connection named "other"');
  server.pause();
  expect(await manager.health({ timeoutMs: 100 })).toMatchObject({
    status: 'fail',
    connections: { redis: { status: 'fail', errorType: 'CONNECTION_TIMEOUT_9003' } },
  });
  server.resume();
  await manager.closeAllConnections();
});
