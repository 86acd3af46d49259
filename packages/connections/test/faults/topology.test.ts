import { freePort, moveSlot, startCluster, startRedis, startSentinels } from '@map-tooling/testing';
import { describe, test } from 'vitest';
import { ConnectionManager } from '../../src/index.ts';
import { clean, runRow } from '../support/row.ts';

const limits = { commandTimeoutMs: 2_000, connectTimeoutMs: 1_500 };

describe.concurrent('Redis on several servers', () => {
  test('a cluster behind addresses that cannot be reached, with nodeAddressMap', async ({
    expect,
  }) => {
    await using server = await startRedis({
      config: [
        'cluster-enabled yes',
        `cluster-port ${await freePort()}`,
        'cluster-announce-ip 192.0.2.1',
      ],
    });
    await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const cluster = [{ host: '127.0.0.1', port: server.port }];
    const here = { host: '127.0.0.1', port: server.port };
    for (const nodeAddressMap of [
      { [`192.0.2.1:${server.port}`]: here },
      (address: string) => (address.startsWith('192.0.2.1:') ? here : undefined),
    ]) {
      const manager = new ConnectionManager({
        redis: { cluster, nodeAddressMap, commandTimeoutMs: 30_000, connectTimeoutMs: 30_000 },
      });
      const redis = await manager.getRedisConnection();
      await redis.set('mapped', 'yes');
      expect(await redis.get('mapped')).toBe('yes');
      await manager.closeAllConnections();
    }
  });

  test('a cluster whose nodeAddressMap is async is reached at its own addresses', async ({
    expect,
  }) => {
    await using server = await startRedis({
      config: ['cluster-enabled yes', `cluster-port ${await freePort()}`],
    });
    await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    let calls = 0;
    const nodeAddressMap = (async () => {
      calls++;
      throw new Error('The map is late.');
    }) as never;
    const manager = new ConnectionManager({
      redis: {
        cluster: [{ host: '127.0.0.1', port: server.port }],
        nodeAddressMap,
        commandTimeoutMs: 30_000,
        connectTimeoutMs: 30_000,
      },
    });
    const redis = await manager.getRedisConnection();
    await redis.set('mapped', 'yes');
    expect(await redis.get('mapped')).toBe('yes');
    expect(calls).toBeGreaterThan(0);
    await manager.closeAllConnections();
  });

  test('a cluster, while a slot moves and after a node is lost', async ({ expect }) => {
    await using cluster = await startCluster();
    const redis = { cluster: cluster.nodes, ...limits };
    const [first, second] = cluster.primaries;
    if (first === undefined || second === undefined) throw new Error('no primaries');

    const moved = await runRow({
      name: 'cluster: slots moved',
      options: { redis },
      async fault({ healed, sleep }) {
        await sleep(500);
        // Slots of keys that the traffic uses: they are moved under its hands.
        for (let slot = 5461; slot < 5461 + 50; slot++) await moveSlot(slot, second, first);
        await healed();
        await sleep(200);
      },
    });
    expect(moved).toMatchObject({ ...clean, failed: {} });
    expect(moved.recoveryMs).not.toBeNull();

    const frozen = await runRow({
      name: 'cluster: node stopped for 3 s',
      options: { redis },
      async fault({ healed, sleep }) {
        await sleep(500);
        second.pause();
        await sleep(3_000);
        second.resume();
        await healed();
        await sleep(200);
      },
    });
    expect(frozen).toMatchObject(clean);
    expect(frozen.retryable).not.toEqual([]);
    expect(frozen.recoveryMs).not.toBeNull();

    const lost = await runRow({
      name: 'cluster: node lost, replica promoted',
      options: { redis },
      async fault({ healed, sleep }) {
        await sleep(500);
        await first.kill();
        while (!(await cluster.replica.command('ROLE')).includes('master')) await sleep(20);
        await healed();
        await sleep(200);
      },
    });
    expect(lost).toMatchObject(clean);
    expect(lost.recoveryMs).not.toBeNull();

    const manager = new ConnectionManager({ redis });
    const after = await manager.redisConnection(async (client) => {
      const keys = Array.from({ length: 100 }, (_, index) => `after:${index}`);
      await Promise.all(keys.map((key) => client.set(key, key)));
      return (await Promise.all(keys.map((key) => client.get(key)))).length;
    });
    expect(after).toBe(100);
    await manager.closeAllConnections();
  });

  test('a primary behind sentinels, when it dies', async ({ expect }) => {
    await using sentinels = await startSentinels();
    const redis = { sentinel: { primary: 'main', nodes: sentinels.nodes }, ...limits };
    const report = await runRow({
      name: 'sentinel failover',
      options: { redis },
      async fault({ healed, sleep }) {
        await sleep(500);
        await sentinels.primary.kill();
        await sentinels.announced();
        await healed();
        await sleep(200);
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.recoveryMs).not.toBeNull();

    const manager = new ConnectionManager({
      redis: { sentinel: { primary: 'unknown', nodes: sentinels.nodes } },
    });
    await expect(manager.redisConnection((client) => client.ping())).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
    });
    await manager.closeAllConnections();
  });

  test('a primary behind sentinels, when it falls silent', async ({ expect }) => {
    await using sentinels = await startSentinels();
    const redis = { sentinel: { primary: 'main', nodes: sentinels.nodes }, ...limits };
    const report = await runRow({
      name: 'sentinel failover, old primary frozen',
      // Longer than the failover takes: an attempt that hangs must not hold the next one up.
      options: { redis: { ...redis, commandTimeoutMs: 500, connectTimeoutMs: 10_000 } },
      async fault({ healed, sleep }) {
        await sleep(500);
        sentinels.primary.pause();
        await sentinels.announced();
        await healed();
        await sleep(200);
        sentinels.primary.resume();
      },
    });
    expect(report).toMatchObject(clean);
    expect(report.recoveryMs).not.toBeNull();
  });
});
