import { freePort, startRedis } from '@map-tooling/testing';
import { describe, test } from 'vitest';
import { ConnectionManager } from '../../src/index.ts';
import { clean, runRow } from '../support/row.ts';

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

  test('more clients than it takes', async ({ expect }) => {
    await using server = await startRedis({ config: ['maxclients 4'] });
    // An attempt that is abandoned would still count for the server, which takes four clients.
    const pool = { max: 4, acquireTimeoutMs: 30_000 };
    const others = new ConnectionManager({
      redis: { url: server.url, connectTimeoutMs: 30_000, pool },
    });
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
});
