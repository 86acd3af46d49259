import { type FaultProxy, startFaultProxy, startRedis } from '@map-tooling/testing';
import { describe, test } from 'vitest';
import { clean, type Row, runRow, type Steps } from '../support/row.ts';

const limits = { commandTimeoutMs: 500, connectTimeoutMs: 500 };

type NetworkFault = (proxy: FaultProxy, sleep: Steps['sleep']) => Promise<void>;

describe.concurrent('a Redis that falls silent', () => {
  test('its process is stopped for 5 s', async ({ expect }) => {
    await using server = await startRedis();
    const report = await runRow({
      name: 'SIGSTOP for 5 s',
      options: { redis: { url: server.url, ...limits } },
      async fault({ healed, sleep }) {
        await sleep(300);
        server.pause();
        await sleep(5_000);
        server.resume();
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.retryable).toContain('CONNECTION_TIMEOUT_9003');
    expect(report.recoveryMs).not.toBeNull();
  });

  test('its process is stopped while connections are leased', async ({ expect }) => {
    await using server = await startRedis();
    const report = await runRow({
      name: 'SIGSTOP for 2 s under leases',
      options: { redis: { url: server.url, ...limits, pool: { acquireTimeoutMs: 500 } } },
      work: 'lease',
      async fault({ healed, sleep }) {
        await sleep(300);
        server.pause();
        await sleep(2_000);
        server.resume();
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.recoveryMs).not.toBeNull();
  });

  test('CLIENT PAUSE', async ({ expect }) => {
    await using server = await startRedis();
    const report = await runRow({
      name: 'CLIENT PAUSE for 2 s',
      options: { redis: { url: server.url, ...limits } },
      async fault({ healed, sleep }) {
        await sleep(300);
        await server.command('CLIENT', 'PAUSE', '2000', 'ALL');
        await sleep(2_000);
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.retryable).not.toEqual([]);
    expect(report.recoveryMs).not.toBeNull();
  });

  test('CLIENT KILL', async ({ expect }) => {
    await using server = await startRedis();
    const report = await runRow({
      name: 'CLIENT KILL, five times',
      options: { redis: { url: server.url, ...limits } },
      pauseMs: 0,
      async fault({ healed, sleep }) {
        for (let round = 0; round < 5; round++) {
          await sleep(200);
          await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
          await healed();
        }
        await sleep(500);
      },
    });
    expect(report).toMatchObject(clean);
    expect(Object.keys(report.failed)).toContain('CONNECTION_RESET_9002');
    expect(report.recoveryMs).not.toBeNull();
  });

  test.for<[happens: string, traffic: Partial<Row>, fault: NetworkFault]>([
    [
      'resets connections, and refuses them for 1 s',
      { pauseMs: 0 },
      async (proxy, sleep) => {
        await sleep(300);
        proxy.set({ refuse: true });
        proxy.cut();
        await sleep(1_000);
      },
    ],
    [
      'swallows everything for 2 s, for open connections for good',
      {},
      async (proxy, sleep) => {
        await sleep(300);
        proxy.set({ blackhole: true });
        await sleep(2_000);
      },
    ],
    [
      'cuts answers off in the middle',
      {},
      async (proxy, sleep) => {
        await sleep(300);
        proxy.set({ cutAfterBytes: 300, pieceBytes: 7 });
        await sleep(1_000);
      },
    ],
    [
      'is slow, within the deadline and past it',
      {},
      async (proxy, sleep) => {
        proxy.set({ latencyMs: 50 });
        await sleep(800);
        proxy.set({ latencyMs: 500 });
        await sleep(1_500);
      },
    ],
  ])('the network %s', async ([happens, traffic, fault], { expect }) => {
    await using server = await startRedis();
    await using proxy = await startFaultProxy(server);
    const report = await runRow({
      name: `the network ${happens}`,
      options: { redis: { url: `redis://127.0.0.1:${proxy.port}`, ...limits } },
      ...traffic,
      async fault({ healed, sleep }) {
        await fault(proxy, sleep);
        proxy.set({});
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.recoveryMs).not.toBeNull();
  });
});
