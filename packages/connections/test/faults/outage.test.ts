import { freePort, startRedis } from '@map-tooling/testing';
import { describe, test } from 'vitest';
import { clean, runRow } from '../support/row.ts';

const limits = { commandTimeoutMs: 800, connectTimeoutMs: 500 };

describe.concurrent('a Redis that is not there', () => {
  test('down at the start, then there', async ({ expect }) => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const report = await runRow({
      name: 'server down at start',
      options: { redis: { url, ...limits } },
      async fault({ healed, sleep }) {
        await sleep(2_000);
        const server = await startRedis({ port });
        await healed();
        await sleep(200);
        void server.stop();
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.retryable).toContain('CONNECTION_REFUSED_9001');
    expect(report.succeeded).toBeGreaterThan(0);
  });

  for (const downMs of [1_000, 8_000]) {
    test(`killed in mid-traffic and back after ${downMs} ms`, async ({ expect }) => {
      await using server = await startRedis();
      const report = await runRow({
        name: `killed, back after ${downMs / 1_000} s`,
        options: { redis: { url: server.url, ...limits } },
        async fault({ healed, sleep }) {
          await sleep(500);
          await server.kill();
          await sleep(downMs);
          await server.restart();
          await healed();
          await sleep(200);
        },
      });
      expect(report).toMatchObject(clean);
      expect(Object.keys(report.failed)).not.toHaveLength(0);
      expect(report.recoveryMs).not.toBeNull();
    });
  }

  test('killed in mid-traffic while connections are leased', async ({ expect }) => {
    await using server = await startRedis();
    const report = await runRow({
      name: 'killed under leases, back after 1 s',
      options: { redis: { url: server.url, ...limits, pool: { acquireTimeoutMs: 800 } } },
      work: 'lease',
      async fault({ healed, sleep }) {
        await sleep(500);
        await server.kill();
        await sleep(1_000);
        await server.restart();
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.recoveryMs).not.toBeNull();
  });

  test('a name that does not exist', async ({ expect }) => {
    const report = await runRow({
      name: 'DNS failure',
      options: { redis: { url: 'redis://nowhere.invalid:6379', ...limits } },
      fault: ({ sleep }) => sleep(1_500),
    });
    expect(report).toMatchObject({ ...clean, succeeded: 0 });
    expect(report.retryable).toContain('DNS_FAILURE_9004');
  });

  test('still loading its data', async ({ expect }) => {
    // DEBUG LOADAOF-like delays need a real data set: a big one, loaded slowly on purpose.
    await using server = await startRedis({
      config: ['enable-debug-command yes', 'save 3600 1', 'key-load-delay 2000'],
    });
    await server.command('DEBUG', 'POPULATE', '1000');
    const report = await runRow({
      name: 'loading its data for 2 s',
      options: { redis: { url: server.url, ...limits } },
      async fault({ healed, sleep }) {
        await sleep(300);
        await server.command('CONFIG', 'SET', 'key-load-delay', '2000');
        const reloaded = server.command('DEBUG', 'RELOAD').catch(() => '');
        await reloaded;
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.recoveryMs).not.toBeNull();
  });
});
