import { freePort, startRedis } from '@map-tooling/testing';
import { describe, test } from 'vitest';
import { ConnectionManager } from '../../../src/index.ts';
import { clean, runRow } from '../../support/row.ts';

// Nothing here is about time, so a busy machine must not bring time in.
const limits = { commandTimeoutMs: 5_000, connectTimeoutMs: 5_000 };

describe.concurrent('a Redis that refuses', () => {
  test('a wrong password, at once and without repeating it', async ({ expect }) => {
    await using server = await startRedis({ password: 'right' });
    const url = `redis://:s3cr3t@127.0.0.1:${server.port}`;
    const report = await runRow({
      name: 'wrong password',
      options: { redis: { url, ...limits } },
      pauseMs: 50,
      fault: ({ sleep }) => sleep(1_000),
    });
    expect(report).toMatchObject({ ...clean, succeeded: 0, retryable: [] });
    expect(Object.keys(report.failed)).toEqual(['REDIS_AUTH_FAILED_9102']);
  });

  test('a database that does not exist, until the server has it', async ({ expect }) => {
    const port = await freePort();
    const small = await startRedis({ port });
    const report = await runRow({
      name: 'missing database',
      options: { redis: { url: `${small.url}/99`, ...limits } },
      pauseMs: 50,
      async fault({ healed, sleep }) {
        await sleep(500);
        await small.stop();
        const large = await startRedis({ port, config: ['databases 100'] });
        await healed();
        await sleep(200);
        void large.stop();
      },
    });
    expect(report).toMatchObject(clean);
    expect(Object.keys(report.failed)).toContain('CONFIG_INVALID_3002');
    expect(report.retryable).not.toContain('CONFIG_INVALID_3002');
    expect(report.recoveryMs).not.toBeNull();
  });

  test('a password that was rotated, until the new one is known', async ({ expect }) => {
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
    // The open connection goes on working; only a new one has to log in again.
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
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await get()).toBeNull();
    await manager.closeAllConnections();
  });

  test('more clients than it takes', async ({ expect }) => {
    await using server = await startRedis({ config: ['maxclients 4'] });
    const others = new ConnectionManager({ redis: { url: server.url, pool: { max: 4 } } });
    const leases = await Promise.all([1, 2, 3, 4].map(() => others.acquireRedis()));
    const report = await runRow({
      name: 'maxclients reached',
      options: { redis: { url: server.url, ...limits } },
      async fault({ healed, sleep }) {
        await sleep(1_500);
        await others.closeAllConnections({ timeoutMs: 1 });
        await healed();
        await sleep(200);
      },
    });
    expect(leases).toHaveLength(4);
    expect(report).toMatchObject({ ...clean, retryable: ['REDIS_UNAVAILABLE_9101'] });
    expect(report.recoveryMs).not.toBeNull();
  });

  test('writes when its memory is full', async ({ expect }) => {
    await using server = await startRedis({ config: ['maxmemory 300kb'] });
    const report = await runRow({
      name: 'out of memory',
      options: { redis: { url: server.url, ...limits } },
      work: 'set',
      async fault({ healed, sleep }) {
        await sleep(500);
        await server.command('CONFIG', 'SET', 'maxmemory', '100mb');
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject({ ...clean, retryable: [] });
    expect(Object.keys(report.failed)).toEqual(['REDIS_OUT_OF_MEMORY_9103']);
    expect(report.recoveryMs).not.toBeNull();
  });

  test('writes when it is a replica, until it is a primary again', async ({ expect }) => {
    await using primary = await startRedis();
    await using server = await startRedis({ replicaOf: { port: primary.port } });
    const report = await runRow({
      name: 'READONLY replica',
      options: { redis: { url: server.url, ...limits } },
      work: 'set',
      async fault({ healed, sleep }) {
        await sleep(500);
        await server.command('REPLICAOF', 'NO', 'ONE');
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject({ ...clean, retryable: ['REDIS_UNAVAILABLE_9101'] });
    expect(report.recoveryMs).not.toBeNull();
  });

  test('a certificate for another name', async ({ expect }) => {
    await using server = await startRedis({ tls: true });
    const ca = server.certificate?.cert ?? '';
    const report = await runRow({
      name: 'TLS wrong name',
      options: { redis: { url: server.url, tls: { ca, servername: 'wrong.test' }, ...limits } },
      pauseMs: 50,
      fault: ({ sleep }) => sleep(500),
    });
    expect(report).toMatchObject({ ...clean, succeeded: 0, retryable: [] });
    expect(Object.keys(report.failed)).toEqual(['TLS_FAILURE_9005']);
  });

  test('nothing over TLS with its own authority, an ACL user and a client name', async ({
    expect,
  }) => {
    await using server = await startRedis({ tls: true, users: ['alice on >wonder ~app:* +@all'] });
    const manager = new ConnectionManager({
      redis: {
        url: `${server.url}/3`,
        username: 'alice',
        password: { reveal: () => 'wonder' },
        clientName: 'map-test',
        tls: { ca: server.certificate?.cert ?? '' },
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
});
