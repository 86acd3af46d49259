import { startRedis } from '@map-tooling/testing';
import { expect, test } from 'vitest';
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
