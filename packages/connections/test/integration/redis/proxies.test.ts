import { connect, createServer, type Server, type Socket } from 'node:net';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionManager, type RedisOptions } from '../../../src/index.ts';
import { listening } from '../../support/http-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A proxy before Redis which, like twemproxy, closes a connection that sends a command it does not know. */
async function startProxy(
  isRefused: (command: string) => boolean,
): Promise<{ port: number; commands: string[] }> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(redis.port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].map((each) => each.destroy()));
    }
    upstream.pipe(client);
    client.on('data', (bytes) => {
      const sent = [...bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)];
      const names = sent.map(([, name = '']) => name);
      commands.push(...names);
      if (names.some(isRefused)) client.destroy();
      else upstream.write(bytes);
    });
  });
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = await listening(server);
  return { port, commands };
}

function managerOf(options: RedisOptions): ConnectionManager {
  const manager = new ConnectionManager({ redis: { connectTimeoutMs: 30_000, ...options } });
  ends.push(() => manager.closeAllConnections({ timeoutMs: 1_000 }));
  return manager;
}

describe('a proxy that closes a connection after a command which it does not know', () => {
  test.each([
    ['HELLO, CLIENT, INFO and SELECT', ['HELLO', 'CLIENT', 'INFO', 'SELECT'], {}],
    ['HELLO', ['HELLO'], {}],
    ['CLIENT', ['CLIENT'], {}],
    ['CLIENT, with a chosen version', ['CLIENT'], { RESP: 3 }],
  ] as const)('works without %s: shared, leased, subscribed', async (_, refused, options) => {
    const names: readonly string[] = refused;
    const { commands, port } = await startProxy((name) => names.includes(name));
    const manager = managerOf({ url: `redis://127.0.0.1:${port}`, ...options });
    const heard: string[] = [];
    await using _news = await manager.subscribe('news', (message) => heard.push(message));
    await manager.redisConnection(async (client) => {
      await client.hSet('hash', { a: '1' });
      expect({ ...(await client.hGetAll('hash')) }).toEqual({ a: '1' });
      await client.publish('news', 'hello');
    });
    await using lease = await manager.acquireRedis();
    expect(await lease.connection.incr('n')).toBeGreaterThan(0);
    expect(await manager.health()).toMatchObject({ status: 'pass' });
    await expect.poll(() => heard).toEqual(['hello']);
    // What was learnt is kept: no further connection sends what is refused.
    const before = commands.length;
    await using _other = await manager.acquireRedis();
    expect(commands.slice(before).filter((name) => names.includes(name))).toEqual([]);
  });

  test.each([
    ['CLIENT', '', { clientName: 'app' }, 'CLIENT SETNAME (omit `clientName`), PING.'],
    ['SELECT', '/3', {}, 'SELECT 3 (use database 0), PING.'],
    ['PING', '', {}, 'it refuses one of PING.'],
  ])(
    'that refuses %s, which the options need: the error says so',
    async (name, path, options, words) => {
      const { port } = await startProxy((command) => [name, 'HELLO'].includes(command));
      const url = `redis://127.0.0.1:${port}${path}`;
      const manager = managerOf({ url, commandTimeoutMs: 1_500, ...options });
      const failed = manager.redisConnection((client) => client.get('a'));
      await expect(failed).rejects.toMatchObject({
        code: 'CONNECTION_RESET_9002',
        message: expect.stringContaining(words),
      });
    },
  );
});

test('a server that once closes a connection in its handshake keeps protocol version 3', async () => {
  let hellos = 0;
  const { commands, port } = await startProxy((name) => name === 'HELLO' && ++hellos === 1);
  const manager = managerOf({ url: `redis://127.0.0.1:${port}` });
  await manager.redisConnection((client) => client.ping());
  await using _lease = await manager.acquireRedis();
  expect(hellos).toBe(3);
  expect(commands.lastIndexOf('HELLO')).toBeGreaterThan(commands.indexOf('PING'));
});

test('a connection that is lost later is opened with the same handshake', async () => {
  const { commands, port } = await startProxy((name) => name === 'SHUTDOWN');
  const manager = managerOf({ url: `redis://127.0.0.1:${port}` });
  await manager.redisConnection((client) => client.ping());
  await manager
    .redisConnection((client) => client.sendCommand(['SHUTDOWN']))
    .catch(() => undefined);
  await manager.redisConnection((client) => client.ping());
  expect(commands.filter((name) => name === 'HELLO')).toHaveLength(2);
});
