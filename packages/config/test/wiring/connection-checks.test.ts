import { ConnectionManager } from '@map/connections';
import { HealthRegistry } from '@map/lifecycle';
import { loadSettings } from '@map/settings';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addConnectionChecks } from '../../src/wiring/connection-checks.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test('the check of one connection does not take as long as that of another one', async () => {
  const manager = new ConnectionManager({ redis: { url: server.url } });
  await manager.redisConnection((redis) => redis.ping(), { timeoutMs: 30_000 });
  await manager.getHttpClient();
  const health = new HealthRegistry();
  const settings = loadSettings({ env: { REDIS_URL: server.url }, envFiles: [] });
  addConnectionChecks(manager, health, settings);
  server.pause();
  const { checks } = await health.ready();
  server.resume();
  expect(checks['redis']).toMatchObject({ status: 'fail' });
  expect(checks['redis']?.duration_ms).toBeGreaterThan(1_000);
  expect(checks['http']).toMatchObject({ status: 'pass' });
  expect(checks['http']?.slow).toBeUndefined();
  await manager.closeAllConnections({ timeoutMs: 1_000 });
});
