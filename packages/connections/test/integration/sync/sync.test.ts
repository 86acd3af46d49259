import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSyncRedis, redisConnectionSync } from '../../../src/sync/sync.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** For tests that are not about time. */
const patient = { commandTimeoutMs: 30_000, connectTimeoutMs: 30_000 };

const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    const { code, retryable, message } = error as Record<string, unknown>;
    return { code, retryable, message };
  }
};

test('answers commands, transactions and modules of options without promises', async () => {
  using redis = openSyncRedis({ url: server.url, ...patient });
  expect(redis.set('key', 'value')).toBe('OK');
  expect(redis.get('key')).toBe('value');
  expect(redis.hSet('hash', { a: '1', b: '2' })).toBe(2);
  expect({ ...redis.hGetAll('hash') }).toEqual({ a: '1', b: '2' });
  expect(redis.set('bytes', Buffer.from([1, 2]))).toBe('OK');
  expect(redis.strLen('bytes')).toBe(2);
  expect(redisConnectionSync((other) => other.exists('key'), { url: server.url, ...patient })).toBe(
    1,
  );
  const transaction = redis.multi() as unknown as { incr(key: string): { exec(): unknown } };
  expect(transaction.incr('n').exec()).toEqual([1]);
});

test('throws coded errors, at once for what would block', async () => {
  await using server = await startRedis({ password: 's3cr3t' });
  using redis = openSyncRedis({ url: server.url, ...patient });
  redis.set('key', 'value');
  expect(code(() => redis.lPush('key', 'x'))).toMatchObject({
    code: 'REDIS_ERROR_9100',
    retryable: false,
  });
  const refused = { code: 'VALIDATION_ERROR_3500' };
  const bytes = Buffer.from([0, 255]);
  expect(redis.sendCommand(['SET', 'bytes', bytes] as never)).toBe('OK');
  expect(redis.strLen('bytes')).toBe(2);
  expect(redis.hSet('hash', { bytes })).toBe(1);
  expect(redis.hStrLen('hash', 'bytes')).toBe(2);
  expect(code(() => redis.set('key', (() => {}) as never))).toMatchObject(refused);
  expect(code(() => redis.blPop('list', 0))).toMatchObject(refused);
  expect(code(() => redis.sendCommand(['BLPOP', 'list', '0']))).toMatchObject(refused);
  expect(code(() => redis.xRead({ key: 's', id: '$' }, { BLOCK: 0 }))).toMatchObject(refused);
  expect(code(() => redis.subscribe('news', () => {}))).toMatchObject(refused);
  redis.close();
  expect(code(() => redis.get('key'))).toMatchObject({ code: 'CLIENT_CLOSED_9007' });
  using wrong = openSyncRedis({ url: `redis://:wrong@127.0.0.1:${server.port}`, ...patient });
  expect(code(() => wrong.ping())).toMatchObject({ code: 'REDIS_AUTH_FAILED_9102' });
  expect(code(() => openSyncRedis({ url: 'nonsense' }))).toMatchObject({
    code: 'CONFIG_INVALID_3002',
  });
});

test('has a limit, and works again when the server does', async () => {
  using redis = openSyncRedis({ url: server.url, commandTimeoutMs: 1_500 });
  await expect.poll(() => code(() => redis.ping()), { timeout: 60_000 }).toBe('PONG');
  server.pause();
  expect(code(() => redis.ping())).toMatchObject({
    code: 'CONNECTION_TIMEOUT_9003',
    retryable: true,
  });
  server.resume();
  await expect.poll(() => code(() => redis.ping()), { timeout: 60_000 }).toBe('PONG');
});

test('starts a new thread after a crash', async () => {
  using redis = openSyncRedis({ url: server.url, ...patient });
  const started = once(process, 'worker') as Promise<[Worker]>;
  redis.set('key', 'value');
  const [worker] = await started;
  await worker.terminate();
  expect(redis.get('key')).toBe('value');
});

test('lets the process end by itself, closed or not', async () => {
  const script = fileURLToPath(new URL('../../support/sync-script.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@map/source', script, server.url],
    { timeout: 60_000 },
  );
  expect(stdout).toBe('value\n');
});
