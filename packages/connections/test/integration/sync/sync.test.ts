import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { startRedis } from '@map-tooling/testing';
import { expect, test } from 'vitest';
import { openSyncRedis, redisConnectionSync } from '../../../src/sync/sync.ts';

const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    const { code, retryable, message } = error as Record<string, unknown>;
    return { code, retryable, message };
  }
};

test('answers commands, transactions and modules of options without promises', async () => {
  await using server = await startRedis();
  using redis = openSyncRedis({ url: server.url });
  expect(redis.set('key', 'value')).toBe('OK');
  expect(redis.get('key')).toBe('value');
  expect(redis.hSet('hash', { a: '1', b: '2' })).toBe(2);
  expect({ ...redis.hGetAll('hash') }).toEqual({ a: '1', b: '2' });
  expect(redis.set('bytes', Buffer.from([1, 2]))).toBe('OK');
  expect(redis.strLen('bytes')).toBe(2);
  expect(redisConnectionSync((other) => other.exists('key'), { url: server.url })).toBe(1);
  const transaction = redis.multi() as unknown as { incr(key: string): { exec(): unknown } };
  expect(transaction.incr('n').exec()).toEqual([1]);
});

test('throws coded errors, at once for what would block', async () => {
  await using server = await startRedis({ password: 's3cr3t' });
  using redis = openSyncRedis({ url: server.url });
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
  using wrong = openSyncRedis({ url: `redis://:wrong@127.0.0.1:${server.port}` });
  expect(code(() => wrong.ping())).toMatchObject({ code: 'REDIS_AUTH_FAILED_9102' });
  expect(code(() => openSyncRedis({ url: 'nonsense' }))).toMatchObject({
    code: 'CONFIG_INVALID_3002',
  });
});

test('has a limit, and works again when the server does', async () => {
  await using server = await startRedis();
  using redis = openSyncRedis({ url: server.url, commandTimeoutMs: 1_500 });
  await expect.poll(() => code(() => redis.ping()), { timeout: 20_000 }).toBe('PONG');
  server.pause();
  expect(code(() => redis.ping())).toMatchObject({
    code: 'CONNECTION_TIMEOUT_9003',
    retryable: true,
  });
  server.resume();
  await expect.poll(() => code(() => redis.ping()), { timeout: 20_000 }).toBe('PONG');
});

test('starts its thread anew after a crash', async () => {
  await using server = await startRedis();
  using redis = openSyncRedis({ url: server.url });
  const started = once(process, 'worker') as Promise<[Worker]>;
  redis.set('key', 'value');
  const [worker] = await started;
  await worker.terminate();
  expect(redis.get('key')).toBe('value');
});

test.each(['exit', 'throw', 'memory'])(
  'sees its thread die in mid-call (%s)',
  async (how) => {
    await using server = await startRedis();
    const folder = await mkdtemp(join(tmpdir(), 'map-sync-'));
    const file = (name: string): string =>
      fileURLToPath(new URL(`../../support/${name}`, import.meta.url));
    const preload = pathToFileURL(file('sync-crash-preload.ts')).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--conditions=@map/source',
        '--max-old-space-size=64',
        `--import=${preload}`,
        file('sync-crash.ts'),
        server.url,
        String(server.pid),
      ],
      {
        env: { ...process.env, CRASH_FILE: join(folder, 'die'), CRASH_HOW: how },
        timeout: 30_000,
        killSignal: 'SIGKILL',
      },
    );
    const lost = { code: 'CONNECTION_RESET_9002' };
    expect(JSON.parse(stdout)).toEqual([
      { ...lost, retryable: true },
      'value',
      { ...lost, retryable: false },
      'value',
    ]);
    await rm(folder, { recursive: true });
  },
  60_000,
);

test('lets the process end by itself, closed or not', async () => {
  await using server = await startRedis();
  const script = fileURLToPath(new URL('../../support/sync-script.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@map/source', script, server.url],
    { timeout: 20_000 },
  );
  expect(stdout).toBe('value\n');
});
