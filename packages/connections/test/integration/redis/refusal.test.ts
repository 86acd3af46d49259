import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@map-tooling/testing';
import { expect, onTestFinished, test } from 'vitest';
import { ConnectionManager } from '../../../src/index.ts';

// Nothing here is about time, so a busy machine must not make a difference.
const limits = { commandTimeoutMs: 30_000, connectTimeoutMs: 30_000 };

test('a password that was rotated, until the new one is known', async () => {
  await using server = await startRedis({ password: 'old' });
  const passwords = ['old'];
  const manager = new ConnectionManager({
    redis: {
      url: `redis://127.0.0.1:${server.port}`,
      password: () => passwords[0] ?? '',
      ...limits,
    },
  });
  const get = (): Promise<unknown> => manager.redisConnection((redis) => redis.get('key'));
  expect(await get()).toBeNull();
  await server.command('CONFIG', 'SET', 'requirepass', 'new');
  // The open connection still works; only a new one has to log in again.
  expect(await get()).toBeNull();
  await manager
    .redisConnection((redis) =>
      redis.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no']),
    )
    .catch(() => {});
  await expect.poll(() => manager.stats()['redis']?.open).toBe(0);
  await expect(get()).rejects.toMatchObject({
    code: 'REDIS_AUTH_FAILED_9102',
    retryable: false,
  });
  passwords[0] = 'new';
  await expect.poll(() => get().catch(() => 'refused'), { timeout: 10_000 }).toBeNull();
  await manager.closeAllConnections();
});

test('TLS with its own authority, an ACL user and a client name work', async () => {
  await using server = await startRedis({ tls: true, users: ['alice on >wonder ~app:* +@all'] });
  const manager = new ConnectionManager({
    redis: {
      url: `${server.url}/3`,
      username: 'alice',
      password: { reveal: () => 'wonder' },
      clientName: 'map-test',
      tls: { ca: server.certificate?.cert ?? '' },
      ...limits,
    },
  });
  const info = await manager.redisConnection((redis) => redis.clientInfo());
  expect(info).toMatchObject({ name: 'map-test', user: 'alice', db: 3 });
  await expect(manager.redisConnection((redis) => redis.get('other:key'))).rejects.toMatchObject({
    code: 'REDIS_AUTH_FAILED_9102',
    retryable: false,
  });
  await manager.closeAllConnections();
});

test('a user without the right to PING connects, and is healthy', async () => {
  await using server = await startRedis({ users: ['bob on >builder ~* +@read +@write +hello'] });
  const manager = new ConnectionManager({
    redis: { url: server.url, username: 'bob', password: 'builder', ...limits },
  });
  expect(await manager.redisConnection((redis) => redis.get('key'))).toBeNull();
  expect((await manager.health()).connections['redis']).toMatchObject({ status: 'pass' });
  await manager.closeAllConnections();
});

test('a path within a socket, or in a directory that does not exist, is a mistake, with a remedy for the database', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'map-socket-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'redis.sock');
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const refusal = async (url: string) => {
    const manager = new ConnectionManager({ redis: { url, ...limits } });
    const { code, retryable, message } = await manager
      .redisConnection((redis) => redis.get('key'))
      .catch((error) => error);
    await manager.closeAllConnections();
    expect([code, retryable]).toEqual(['CONFIG_INVALID_3002', false]);
    return message;
  };
  const remedy = `Write the database as unix://${path}?db=5, or use the \`database\` option.`;
  expect(await refusal(`unix://${path}/5`)).toBe(
    `Redis has no socket at ${path}/5: ${path} is not a directory. ${remedy}`,
  );
  expect(await refusal(`unix://:hidden-word@${directory}/run/redis.sock`)).toBe(
    `Redis has no socket at ${directory}/run/redis.sock: ${directory}/run does not exist.`,
  );
});

test('a cluster that cannot be opened gives the reason of its nodes', async () => {
  await using plain = await startRedis({});
  await using locked = await startRedis({ password: 'secret-word' });
  const refusal = async (port: number) => {
    const cluster = [{ host: '127.0.0.1', port }];
    const manager = new ConnectionManager({ redis: { cluster, ...limits } });
    const found = await manager.redisConnection((redis) => redis.get('key')).catch((e) => e);
    await manager.closeAllConnections();
    return found;
  };
  expect(await refusal(plain.port)).toMatchObject({
    code: 'REDIS_ERROR_9100',
    retryable: false,
    message: expect.stringContaining('cluster support disabled'),
  });
  expect(await refusal(locked.port)).toMatchObject({
    code: 'REDIS_AUTH_FAILED_9102',
    retryable: false,
  });
});

test('health does not pass while the server has only refused', async () => {
  await using server = await startRedis({ password: 'right' });
  const manager = new ConnectionManager({
    redis: { url: server.url, password: 'wrong', ...limits },
  });
  onTestFinished(async () => void (await manager.closeAllConnections({ timeoutMs: 100 })));
  expect((await manager.health()).connections['redis']).toMatchObject({ checked: false });
  const refused = { code: 'REDIS_AUTH_FAILED_9102' };
  await expect(manager.redisConnection((redis) => redis.ping())).rejects.toMatchObject(refused);
  expect(await manager.health({ timeoutMs: 30_000 })).toMatchObject({
    status: 'fail',
    connections: { redis: { checked: true, errorType: refused.code } },
  });
});

test('a port that expects TLS, without it', async () => {
  await using server = await startRedis({ tls: true });
  const url = `redis://127.0.0.1:${server.port}`;
  const manager = new ConnectionManager({ redis: { url, ...limits, commandTimeoutMs: 3_000 } });
  await expect(manager.redisConnection((redis) => redis.ping())).rejects.toThrow(
    'A port that expects TLS needs rediss://.',
  );
  await manager.closeAllConnections();
});
