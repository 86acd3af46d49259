import { freePort, type RedisServer, startRedis } from '@map-tooling/testing';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { createClient, createClientPool } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertException, ErrorCode } from '../../src/index.ts';
import { caught } from '../support/caught.ts';

let server: RedisServer;
const clients: { destroy(): void; isOpen: boolean }[] = [];

beforeAll(async () => {
  server = await startRedis({
    users: ['alice on >right ~app:* +get +set +hello +client'],
    config: ['enable-debug-command yes'],
  });
});

afterAll(async () => {
  for (const client of clients) if (client.isOpen) client.destroy();
  await server.stop();
});

type Options = Parameters<typeof createClient>[0] & object;

function make(options: Options = {}): ReturnType<typeof createClient> {
  const socket = { reconnectStrategy: false as const, ...options.socket };
  const client = createClient({ url: server.url, ...options, socket } as Options);
  client.on('error', () => {});
  clients.push(client);
  return client as ReturnType<typeof createClient>;
}

async function open(options?: Options): Promise<ReturnType<typeof createClient>> {
  const client = make(options);
  await client.connect();
  return client;
}

async function codeOf(run: () => unknown): Promise<string> {
  return convertException(await caught(run)).code;
}

test('no server', async () => {
  const url = `redis://user:NOBODYMAYSEE@127.0.0.1:${await freePort()}`;
  const found = convertException(await caught(() => open({ url })));
  expect(found.code).toBe(ErrorCode.CONNECTION_REFUSED);
  expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
});

test('a wrong password, none, and too few rights', async () => {
  const wrong = open({ username: 'alice', password: 'NOBODYMAYSEE' });
  expect(await codeOf(() => wrong)).toBe(ErrorCode.REDIS_AUTH_FAILED);
  await using guarded = await startRedis({ password: 'right' });
  const without = { url: `redis://127.0.0.1:${guarded.port}` };
  expect(await codeOf(async () => (await open(without)).get('x'))).toBe(
    ErrorCode.REDIS_AUTH_FAILED,
  );
  const alice = await open({ username: 'alice', password: 'right' });
  expect(await codeOf(() => alice.del('app:x'))).toBe(ErrorCode.REDIS_AUTH_FAILED);
  expect(await codeOf(() => alice.get('other'))).toBe(ErrorCode.REDIS_AUTH_FAILED);
});

test('commands that make no sense', async () => {
  const client = await open();
  await client.set('text', 'x');
  expect(await codeOf(() => client.lPush('text', 'x'))).toBe(ErrorCode.REDIS_ERROR);
  expect(await codeOf(() => client.evalSha('a'.repeat(40)))).toBe(ErrorCode.REDIS_ERROR);
  const unknown = await caught(() => client.sendCommand(['NOPE', 'NOBODYMAYSEE', 'NOBODYMAYSEE']));
  const found = convertException(unknown);
  expect(found.code).toBe(ErrorCode.REDIS_ERROR);
  expect(JSON.stringify(found)).not.toContain('NOBODYMAYSEE');
  const script = convertException(await caught(() => client.eval('error("NOBODYMAYSEE")')));
  expect(script.code).toBe(ErrorCode.REDIS_ERROR);
  expect(JSON.stringify(script)).not.toContain('NOBODYMAYSEE');
});

test('one command of many', async () => {
  const client = await open();
  await client.set('text', 'x');
  const many = client.multi().set('a', 'b').lPush('text', 'x');
  expect(await codeOf(() => many.exec())).toBe(ErrorCode.REDIS_ERROR);
});

test('no memory left', async () => {
  const client = await open();
  await client.configSet('maxmemory', '1');
  const code = await codeOf(() => client.set('big', 'x'));
  await client.configSet('maxmemory', '0');
  expect(code).toBe(ErrorCode.REDIS_OUT_OF_MEMORY);
});

test('a watched key that changed', async () => {
  const client = await open();
  const other = await open();
  await client.watch('watched');
  await other.set('watched', '1');
  const change = client.multi().set('watched', '2');
  expect(await codeOf(() => change.exec())).toBe(ErrorCode.REDIS_CONFLICT);
});

test('a replica, one without its primary, and a primary without replicas', async () => {
  const client = await open();
  await client.configSet('min-replicas-to-write', '1');
  expect(await codeOf(() => client.set('a', 'b'))).toBe(ErrorCode.REDIS_UNAVAILABLE);
  await client.configSet('min-replicas-to-write', '0');
  await client.sendCommand(['REPLICAOF', '127.0.0.1', String(await freePort())]);
  expect(await codeOf(() => client.set('a', 'b'))).toBe(ErrorCode.REDIS_UNAVAILABLE);
  await client.configSet('replica-serve-stale-data', 'no');
  expect(await codeOf(() => client.get('a'))).toBe(ErrorCode.REDIS_UNAVAILABLE);
  await client.configSet('replica-serve-stale-data', 'yes');
  await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
});

test('busy with a script', async () => {
  const client = await open();
  const other = await open();
  await client.configSet('busy-reply-threshold', '20');
  const script = client.eval('while true do end').catch(() => {});
  await expect
    .poll(() => codeOf(() => other.get('a')), { timeout: 10_000 })
    .toBe(ErrorCode.REDIS_UNAVAILABLE);
  await other.sendCommand(['SCRIPT', 'KILL']);
  await script;
});

test('loading its data', async () => {
  await using slow = await startRedis({ config: ['enable-debug-command yes'] });
  const url = slow.url;
  const client = await open({ url });
  await client.configSet('key-load-delay', '3000');
  await client.configSet('loading-process-events-interval-bytes', '1024');
  await client.mSet(
    Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`k${index}`, 'v'])),
  );
  const other = await open({ url });
  const reload = client.sendCommand(['DEBUG', 'RELOAD']).catch(() => {});
  await expect
    .poll(() => codeOf(() => other.get('k1')), { timeout: 10_000, interval: 5 })
    .toBe(ErrorCode.REDIS_UNAVAILABLE);
  client.destroy();
  other.destroy();
  await slow.kill();
  await reload;
});

test('too many clients', async () => {
  await using small = await startRedis({ config: ['maxclients 2'] });
  const url = small.url;
  const many = async (): Promise<void> => {
    for (let count = 0; count < 5; count++) await open({ url });
  };
  expect(await codeOf(many)).toBe(ErrorCode.REDIS_UNAVAILABLE);
});

test('a cluster: a slot elsewhere, keys in two slots, a slot without a node', async () => {
  await using cluster = await startRedis({ cluster: true });
  const client = await open({ url: cluster.url });
  expect(await codeOf(() => client.mGet(['a', 'b']))).toBe(ErrorCode.REDIS_ERROR);
  const slot = String(await client.sendCommand(['CLUSTER', 'KEYSLOT', 'a']));
  await client.sendCommand(['CLUSTER', 'DELSLOTS', slot]);
  await expect
    .poll(() => codeOf(() => client.get('a')), { timeout: 10_000 })
    .toBe(ErrorCode.REDIS_UNAVAILABLE);
});

test('a client that is closed, offline, or destroyed at work', async () => {
  const closed = await open();
  await closed.close();
  expect(await codeOf(() => closed.get('a'))).toBe(ErrorCode.CLIENT_CLOSED);

  const url = `redis://127.0.0.1:${await freePort()}`;
  const offline = make({ url, disableOfflineQueue: true, socket: { reconnectStrategy: () => 20 } });
  const connecting = offline.connect().catch(() => {});
  expect(await codeOf(() => offline.get('a'))).toBe(ErrorCode.REDIS_UNAVAILABLE);
  offline.destroy();
  await connecting;

  const busy = await open();
  const waiting = busy.blPop('nothing', 0);
  setTimeout(() => busy.destroy(), 20);
  expect(await codeOf(() => waiting)).toBe(ErrorCode.CLIENT_CLOSED);
});

test('a pool without a free client', async () => {
  const pool = createClientPool({ url: server.url }, { maximum: 1, acquireTimeout: 20 });
  pool.on('error', () => {});
  await pool.connect();
  const first = pool.execute(() => new Promise((resolve) => setTimeout(resolve, 200)));
  expect(await codeOf(() => pool.execute(() => 1))).toBe(ErrorCode.POOL_EXHAUSTED);
  await first;
  pool.destroy();
});

test('a server that stops answering, and one that is killed', async () => {
  await using doomed = await startRedis();
  const url = doomed.url;
  const patient = await open({ url, socket: { socketTimeout: 100, reconnectStrategy: false } });
  doomed.pause();
  const silent = await codeOf(() => patient.get('a'));
  doomed.resume();
  expect(silent).toBe(ErrorCode.CONNECTION_TIMEOUT);

  const client = await open({ url });
  const waiting = client.blPop('nothing', 0);
  setTimeout(() => void doomed.kill(), 20);
  expect(await codeOf(() => waiting)).toBe(ErrorCode.CONNECTION_RESET);
});

test('words that a message may begin with by chance', () => {
  const chance = new Error('BUSY: the line is taken');
  expect(convertException(chance).code).toBe(ErrorCode.UNKNOWN_ERROR);
  const other = new Error('LOADING the model failed');
  expect(convertException(other).code).toBe(ErrorCode.UNKNOWN_ERROR);
  expect(convertException(other, { origin: 'redis' }).code).toBe(ErrorCode.REDIS_UNAVAILABLE);
  const moved = new Error('MOVED 3999 127.0.0.1:6381');
  expect(convertException(moved).code).toBe(ErrorCode.CONFIG_INVALID);
});

describe('ioredis', () => {
  const opened: { disconnect(): void }[] = [];

  afterAll(() => {
    for (const client of opened) client.disconnect();
  });

  function connectTo(port: number, options: Omit<RedisOptions, 'replyMapping'> = {}): Redis {
    const client = new Redis({
      host: '127.0.0.1',
      port,
      lazyConnect: true,
      ...options,
    });
    client.on('error', () => {});
    opened.push(client);
    return client;
  }

  test('a client that is closed, or cut off at work', async () => {
    const closed = connectTo(server.port);
    await closed.connect();
    await closed.quit();
    expect(await codeOf(() => closed.get('a'))).toBe(ErrorCode.CLIENT_CLOSED);

    await using doomed = await startRedis();
    const busy = connectTo(doomed.port, { retryStrategy: () => null });
    await busy.connect();
    const waiting = busy.blpop('nothing', 0);
    setTimeout(() => void doomed.kill(), 20);
    expect(await codeOf(() => waiting)).toBe(ErrorCode.CLIENT_CLOSED);

    // Of these, one was answered before.
    await using other = await startRedis();
    const pipeline = connectTo(other.port).pipeline().set('a', '1').blpop('nothing', 0).get('a');
    const results = pipeline.exec();
    await expect.poll(() => other.command('EXISTS', 'a'), { timeout: 30_000 }).toContain(':1');
    await other.kill();
    const lost = { code: ErrorCode.CONNECTION_RESET };
    const converted = (await results)?.map(([error]) => error && convertException(error));
    expect(converted).toMatchObject([null, lost, lost]);
  });

  test('no server: the retries are used up, or nothing may wait', async () => {
    const port = await freePort();
    const retryStrategy = (): number => 5;
    const retrying = connectTo(port, { retryStrategy, maxRetriesPerRequest: 1 });
    const raw = await caught(() => retrying.get('a'));
    expect(raw).toMatchObject({ name: 'MaxRetriesPerRequestError' });
    expect(convertException(raw)).toMatchObject({
      code: ErrorCode.REDIS_UNAVAILABLE,
      retryable: true,
    });
    const eager = connectTo(port, { enableOfflineQueue: false });
    expect(await codeOf(() => eager.get('a'))).toBe(ErrorCode.REDIS_UNAVAILABLE);
  });

  test('a command without an answer', async () => {
    // Holds for the commands of the connection itself, too.
    const client = connectTo(server.port, { commandTimeout: 1_000 });
    await client.connect();
    expect(await codeOf(() => client.blpop('nothing', 0))).toBe(ErrorCode.CONNECTION_TIMEOUT);
  });

  test('a cluster and sentinels that are not there', async () => {
    const port = await freePort();
    const cluster = new Cluster([{ host: '127.0.0.1', port }], {
      clusterRetryStrategy: () => null,
      lazyConnect: true,
    });
    cluster.on('error', () => {});
    opened.push(cluster);
    expect(await codeOf(() => cluster.connect())).toBe(ErrorCode.REDIS_UNAVAILABLE);
    const watched = connectTo(port, {
      sentinels: [{ host: '127.0.0.1', port }],
      name: 'main',
      sentinelRetryStrategy: () => null,
    });
    expect(await codeOf(() => watched.connect())).toBe(ErrorCode.REDIS_UNAVAILABLE);
  });

  test('replies, without the arguments of the command', async () => {
    const client = connectTo(server.port);
    await client.set('text', 'x');
    const wrong = convertException(await caught(() => client.lpush('text', 'NOBODYMAYSEE')));
    expect(wrong.code).toBe(ErrorCode.REDIS_ERROR);
    const refused = connectTo(server.port, {
      username: 'alice',
      password: 'NOBODYMAYSEE',
      retryStrategy: () => null,
    });
    const auth = convertException(await caught(() => refused.get('a')));
    expect(auth.code).toBe(ErrorCode.REDIS_AUTH_FAILED);
    expect(JSON.stringify([wrong, auth])).not.toContain('NOBODYMAYSEE');
  });
});
