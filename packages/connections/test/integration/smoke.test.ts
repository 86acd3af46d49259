import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis } from '@map-tooling/testing';
import { expect, test } from 'vitest';
import { type ConnectionEvent, ConnectionManager } from '../../src/index.ts';

test('opens on first use, reports, answers health and stats, closes', async () => {
  await using server = await startRedis();
  const events: ConnectionEvent[] = [];
  const manager = new ConnectionManager({
    redis: { url: server.url },
    observer: { observe: (event) => events.push(event) },
  });
  expect(manager.stats()['redis']).toMatchObject({ state: 'idle', open: 0 });
  const value = await manager.redisConnection(async (redis) => {
    await redis.set('a', '1');
    return await redis.get('a');
  });
  expect(value).toBe('1');
  {
    await using lease = await manager.acquireRedis();
    expect(await lease.connection.multi().incr('a').get('a').exec()).toEqual([2, '2']);
  }
  expect(await (await manager.getRedisConnection()).get('a')).toBe('2');
  expect(await manager.health()).toMatchObject({
    healthy: true,
    connections: { redis: { status: 'up' }, http: { status: 'idle' } },
  });
  expect(events.map(({ type }) => type)).toContain('operation');
  const report = await manager.closeAllConnections();
  expect(report).toMatchObject({ abandoned: 0 });
  expect(manager.stats()['redis']).toMatchObject({ state: 'closed', open: 0, pending: 0 });
});

test('sends HTTP requests through the shared client', async () => {
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ path: request.url, trace: request.headers['traceparent'] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const manager = new ConnectionManager({ traceHeaders: () => ({ traceparent: '00-ab-cd-01' }) });
  const answer = await manager.httpSession((http) => http.get(`http://127.0.0.1:${port}/x`).json());
  expect(answer).toEqual({ path: '/x', trace: '00-ab-cd-01' });
  await manager.closeAllConnections();
  server.close();
});
