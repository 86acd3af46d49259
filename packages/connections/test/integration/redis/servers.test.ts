import { mkdtemp } from 'node:fs/promises';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { makeCertificate, type RedisServer, startRedis } from '@map-tooling/testing';
import { defineScript, type RedisClientType } from '@redis/client';
import json from '@redis/json';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionManager, type RedisClient, type RedisOptions } from '../../../src/index.ts';
import { listening } from '../../support/http-server.ts';

let server: RedisServer;
/** Like a Redis before version 6: it does not know HELLO. */
let old: RedisServer;
beforeAll(async () => {
  [server, old] = await Promise.all([
    startRedis(),
    startRedis({ password: 'pa#ss%w', config: ['rename-command HELLO ""'] }),
  ]);
});
afterAll(() => Promise.all([server.stop(), old.stop()]));

/** Nothing here is about time, so a busy machine must not make a difference. */
const patient = { commandTimeoutMs: 30_000, connectTimeoutMs: 30_000 };

async function withRedis<R>(
  redis: RedisOptions,
  work: (manager: ConnectionManager) => Promise<R>,
): Promise<R> {
  const manager = new ConnectionManager({ redis: { ...patient, ...redis } });
  try {
    return await work(manager);
  } finally {
    await manager.closeAllConnections({ timeoutMs: 1_000 });
  }
}

describe('a server that does not know HELLO', () => {
  const url = (): string => `redis://:${encodeURIComponent('pa#ss%w')}@127.0.0.1:${old.port}/2`;

  test('is spoken to with protocol version 2: shared, leased, subscribed', async () => {
    await withRedis({ url: url(), clientName: 'old' }, async (manager) => {
      const heard: string[] = [];
      await using _news = await manager.subscribe('news', (message) => heard.push(message));
      await manager.redisConnection(async (redis) => {
        await redis.hSet('hash', { a: '1', b: '2' });
        // Version 2 sends a hash as a list; the client still makes an object of it.
        expect({ ...(await redis.hGetAll('hash')) }).toEqual({ a: '1', b: '2' });
        expect(await redis.zAdd('ranks', { score: 1.5, value: 'one' })).toBe(1);
        expect(await redis.zScore('ranks', 'one')).toBe(1.5);
        expect(await redis.clientInfo()).toMatchObject({ name: 'old', db: 2 });
        await redis.publish('news', 'hello');
      });
      await using lease = await manager.acquireRedis();
      expect(await lease.connection.multi().incr('n').get('n').exec()).toEqual([1, '1']);
      await expect.poll(() => heard).toEqual(['hello']);
    });
  });

  test.each([
    "ERR handle request, command 'HELLO' is not allowed",
    "ERR command 'HELLO' not support for normal user",
    'ERR unsupported command',
    "unsupported command 'hello'",
    'Unknown command HELLO',
    'ERR DISABLED COMMAND',
    'ERR Protocol version 3 not supported',
    "ERR wrong number of arguments for 'hello' command",
    'NOPROTO sorry, this protocol version is not supported.',
    "NOPERM User default has no permissions to run the 'hello' command",
  ])('nor one whose proxy says so in its own words: %s', async (words) => {
    const proxy = createTcpServer((client) => {
      const upstream = connect(old.port, '127.0.0.1');
      client.pipe(upstream);
      upstream.on('data', (reply) => {
        client.write(String(reply).replace(/ERR unknown command .*HELLO.*(?=\r\n)/i, words));
      });
      for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
      }
    });
    await using at = await listening(proxy);
    const password = 'pa#ss%w';
    await withRedis({ url: `redis://127.0.0.1:${at.port}`, password }, async (manager) => {
      await manager.redisConnection(async (redis) => {
        await redis.set('proxied', words);
        expect(await redis.get('proxied')).toBe(words);
      });
    });
  });

  test('an error that version 2 meets as well is that error', async () => {
    const url = `redis://:${encodeURIComponent('pa#ss%w')}@127.0.0.1:${old.port}/99`;
    await withRedis({ url }, async (manager) => {
      await expect(manager.getRedisConnection()).rejects.toMatchObject({
        message: expect.stringContaining('no database 99'),
      });
    });
  });

  test('is not asked for HELLO with RESP 2, and a wrong password is still one', async () => {
    await withRedis({ url: url(), RESP: 2 }, async (manager) => {
      expect(await manager.redisConnection((redis) => redis.ping())).toBe('PONG');
    });
    await withRedis({ url: `redis://:no@127.0.0.1:${old.port}` }, async (manager) => {
      await expect(manager.redisConnection((redis) => redis.ping())).rejects.toMatchObject({
        code: 'REDIS_AUTH_FAILED_9102',
        message: expect.stringContaining('WRONGPASS'),
      });
    });
    await withRedis({ url: url(), RESP: 3 }, async (manager) => {
      await expect(manager.redisConnection((redis) => redis.ping())).rejects.toMatchObject({
        code: 'REDIS_ERROR_9100',
        message: expect.stringMatching(/unknown command/),
      });
    });
  });

  test('and version 2 works with a server of today', async () => {
    await withRedis({ url: server.url, RESP: 2 }, async (manager) => {
      await manager.redisConnection(async (redis) => {
        await redis.hSet('two', 'field', 'value');
        expect({ ...(await redis.hGetAll('two')) }).toEqual({ field: 'value' });
      });
    });
  });
});

describe('a URL', () => {
  test.each([
    ['redis://127.0.0.1:PORT?db=3', 3],
    ['redis://127.0.0.1:PORT/?db=4', 4],
    ['redis://127.0.0.1:PORT/5', 5],
    ['valkey://127.0.0.1:PORT/6', 6],
    ['valkey://127.0.0.1:PORT/6?db=7', 7],
    ['redis://127.0.0.1:PORT', 0],
  ])('%s leads to its database', async (url, db) => {
    await withRedis({ url: url.replace('PORT', String(server.port)) }, async (manager) => {
      const info = await manager.redisConnection((redis) => redis.clientInfo());
      expect(info.db).toBe(db);
    });
  });

  test.each([
    'redis://:pa#ss@localhost:6379',
    'redis://user:12#34@localhost:6379',
    'redis://user:12/34@localhost:6379',
    'redis://user:12?34@localhost:6379',
    'redis://:100%@localhost:6379',
    'redis://:5%zz@localhost:6379',
  ])('%s has a remedy, and does not show its password', (url) => {
    const make = (): unknown => new ConnectionManager({ redis: { url } });
    expect(make).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID_3002',
        message: expect.stringMatching(/`password` option/),
      }),
    );
    expect(make).not.toThrow(/ss@|34@|100|zz/);
  });

  test.each(['rediss', 'valkeys'])('%s:// sends the name of the server', async (scheme) => {
    const { cert, key } = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-redis-')));
    const names: unknown[] = [];
    const proxy = createServer({ cert, key }, (socket: TLSSocket) => {
      names.push((socket as TLSSocket & { servername?: string }).servername);
      const upstream = connect(server.port, '127.0.0.1');
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on('error', () => end.destroy());
    });
    await using at = await listening(proxy);
    const url = `${scheme}://localhost:${at.port}`;
    await withRedis({ url, tls: { ca: cert } }, async (manager) => {
      expect(await manager.redisConnection((redis) => redis.ping())).toBe('PONG');
    });
    expect(names).toEqual(['localhost']);
  });
});

describe('what node-redis offers', () => {
  const scripts = {
    square: defineScript({
      SCRIPT: 'return ARGV[1] * ARGV[1]',
      NUMBER_OF_KEYS: 0,
      parseCommand: (parser, n: number) => parser.push(String(n)),
      transformReply: undefined as unknown as () => number,
    }),
  };
  const functions = {
    library: {
      twice: {
        NUMBER_OF_KEYS: 0,
        parseCommand: (parser: { push(word: string): void }, n: number) => parser.push(String(n)),
        transformReply: undefined as unknown as () => number,
      },
    },
  } as unknown as NonNullable<RedisOptions['functions']>;
  type Extended = RedisClient & {
    square(n: number): Promise<number>;
    library: { twice(n: number): Promise<number> };
  };

  test('scripts and functions, shared, leased and in a transaction', async () => {
    await withRedis({ url: server.url, scripts, functions }, async (manager) => {
      await manager.redisConnection((redis) =>
        redis.functionLoad(
          "#!lua name=library\nredis.register_function('twice', function(_, args) return args[1] * 2 end)",
          { REPLACE: true },
        ),
      );
      const results = await manager.redisConnection(async (redis: Extended) => [
        await redis.square(7),
        await redis.library.twice(21),
        await (redis.multi() as unknown as { square(n: number): { exec(): unknown } })
          .square(3)
          .exec(),
      ]);
      expect(results).toEqual([49, 42, [9]]);
      await using lease = await manager.acquireRedis<Extended>();
      expect(await lease.connection.square(5)).toBe(25);
    });
    // Other connections do not have them.
    await withRedis({ url: server.url }, async (manager) => {
      await expect(
        manager.redisConnection((redis: Extended) => redis.square(7)),
      ).rejects.toMatchObject({ code: 'VALIDATION_ERROR_3500' });
    });
  });

  test('modules that are given, shared and in a transaction; of others the remedy', async () => {
    const modules = {
      json,
      notes: {
        put: {
          parseCommand: (parser: { push(...words: string[]): void }, text: string) =>
            parser.push('SET', 'note', text),
          transformReply: undefined as unknown as () => string,
        },
      },
    };
    type Client = RedisClientType<{ json: typeof json.default; notes: typeof modules.notes }>;
    await withRedis({ url: server.url, modules }, async (manager) => {
      const work = (redis: Client): Promise<unknown> =>
        Promise.all([redis.notes.put('one'), redis.multi().notes.put('two').get('note').exec()]);
      expect(await manager.redisConnection(work)).toEqual(['OK', ['OK', 'two']]);
      // This server has no such module; the command has reached it.
      const get = (redis: Client): Promise<unknown> => redis.json.get('doc');
      await expect(manager.redisConnection(get)).rejects.toMatchObject({
        code: 'REDIS_ERROR_9100',
        message: expect.stringContaining("unknown command 'JSON.GET'"),
      });
    });
    await withRedis({ url: server.url }, async (manager) => {
      const refused = (operation: string): unknown => ({
        code: 'VALIDATION_ERROR_3500',
        message: `The client of connection "redis" has no command "${operation}". Give the connection its module, as in \`modules: { json }\`.`,
      });
      const inTransaction = (redis: Client): Promise<unknown> =>
        redis.multi().json.get('doc').exec();
      await expect(
        manager.redisConnection((redis: Client) => redis.json.get('doc')),
      ).rejects.toMatchObject(refused('json.get') as object);
      await expect(manager.redisConnection(inTransaction)).rejects.toMatchObject(
        refused('json.get') as object,
      );
    });
  });

  test('a client-side cache, which is notified of changes', async () => {
    const clientSideCache = { ttl: 60_000, maxEntries: 100 };
    await withRedis({ url: server.url, clientSideCache }, async (manager) => {
      manager.addRedis('other', { url: server.url, ...patient });
      const count = async (): Promise<number> => {
        const info = await server.command('INFO', 'commandstats');
        return Number(/cmdstat_get:calls=(\d+)/.exec(info)?.[1] ?? 0);
      };
      const redis = await manager.getRedisConnection();
      await redis.set('cached', '1');
      expect(await redis.get('cached')).toBe('1');
      const before = await count();
      for (let round = 0; round < 5; round++) expect(await redis.get('cached')).toBe('1');
      expect(await count()).toBe(before);
      await manager.redisConnection((other) => other.set('cached', '2'), { name: 'other' });
      await expect.poll(() => redis.get('cached')).toBe('2');
    });
  });

  test('sharded channels, and messages as bytes', async () => {
    await withRedis({ url: server.url }, async (manager) => {
      const heard: unknown[] = [];
      const listen = (message: unknown): void => void heard.push(message);
      await using _sharded = await manager.subscribe('shard', listen, { sharded: true });
      await using _bytes = await manager.subscribe('bytes', listen, { buffers: true });
      await using _pattern = await manager.subscribe('by*', listen, {
        buffers: true,
        pattern: true,
      });
      await manager.redisConnection(async (redis) => {
        await redis.sPublish('shard', 'one');
        await redis.publish('bytes', Buffer.from([0, 255, 1]));
      });
      const bytes = Buffer.from([0, 255, 1]);
      await expect.poll(() => heard).toEqual(['one', bytes, bytes]);
      await expect(
        manager.subscribe('x*', listen, { sharded: true, pattern: true }),
      ).rejects.toMatchObject({ code: 'VALIDATION_ERROR_3500' });
    });
  });
});

describe('the word of the server', () => {
  test.each<[string, (redis: RedisClient) => Promise<unknown>, RegExp]>([
    ['a wrong argument', (redis) => redis.sendCommand(['GET']), /GET .*wrong number of arguments/],
    ['a wrong type', (redis) => redis.lPush('text', 'x'), /LPUSH .*WRONGTYPE Operation against/],
    ['an invalid number', (redis) => redis.incr('text'), /INCR .*not an integer/],
    ['an unknown command', (redis) => redis.sendCommand(['NOPE', 's3cr3t']), /unknown command/],
    [
      'a failed transaction',
      (redis) => redis.multi().incr('text').exec(),
      /MULTI .*not an integer/,
    ],
    ['a script', (redis) => redis.eval('return redis.error_reply("MINE own")'), /EVAL .*MINE own/],
  ])('is in the message: %s', async (_what, work, message) => {
    await withRedis({ url: server.url }, async (manager) => {
      await manager.redisConnection((redis) => redis.set('text', 'abc'));
      const error = await manager.redisConnection(work).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'REDIS_ERROR_9100',
        message: expect.stringMatching(message),
        details: { pool: 'redis' },
      });
      expect(String(error)).not.toContain('s3cr3t');
    });
  });
});

test('a command that was sent and got no reply is retryable only if it may be repeated', async () => {
  await using frozen = await startRedis();
  const manager = new ConnectionManager({ redis: { url: frozen.url, ...patient } });
  manager.addRedis('hasty', { url: frozen.url, ...patient, commandTimeoutMs: 300 });
  const redis = await manager.getRedisConnection();
  await expect
    .poll(() => manager.getRedisConnection({ name: 'hasty' }).catch(() => undefined))
    .toBeDefined();
  await redis.set('key', 'value');
  const hasty = await manager.getRedisConnection({ name: 'hasty' });
  frozen.pause();
  const works = [
    hasty.get('key'),
    hasty.set('key', 'other'),
    hasty.incr('n'),
    hasty.multi().incr('n').exec(),
    hasty.eval('return 1'),
    manager.redisConnection((one) => one.lPush('list', 'x'), { name: 'hasty', timeoutMs: 200 }),
  ];
  const results = await Promise.allSettled(works);
  frozen.resume();
  expect(results.map((one) => (one.status === 'rejected' ? one.reason.retryable : one))).toEqual([
    ...[true, true, false, false, false, false],
  ]);
  for (const one of results) {
    expect(one).toMatchObject({ reason: { code: expect.stringMatching(/TIMEOUT|RESET/) } });
  }
  await manager.closeAllConnections({ timeoutMs: 100 });
});
