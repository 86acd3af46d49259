import { describe, expect, test } from 'vitest';
import {
  ConnectionManager,
  type ConnectionManagerOptions,
  type HttpOptions,
  type RedisOptions,
} from '../../src/index.ts';

const invalid = expect.objectContaining({ code: 'CONFIG_INVALID_3002', retryable: false });

function make(options: ConnectionManagerOptions): unknown {
  try {
    return new ConnectionManager(options);
  } catch (error) {
    return error;
  }
}

describe('settings that cannot be used are refused at once', () => {
  const redis: Record<string, RedisOptions> = {
    'no URL': { url: 'nonsense' },
    'another protocol': { url: 'http://localhost' },
    'a database that is not a number': { url: 'redis://localhost/first' },
    'a negative database': { database: -1 },
    'a negative deadline': { commandTimeoutMs: -1 },
    'a deadline of zero': { commandTimeoutMs: 0 },
    'no number at all': { connectTimeoutMs: Number.NaN },
    'more than a timer can hold': { commandTimeoutMs: 2 ** 31 },
    'half a connection': { pool: { max: 1.5 } },
    'no connection': { pool: { max: 0 } },
    'a string for a number': { maxQueued: '5' as unknown as number },
  };
  for (const [what, options] of Object.entries(redis)) {
    test(`redis: ${what}`, () => {
      expect(make({ redis: options })).toEqual(invalid);
    });
  }

  const http: Record<string, HttpOptions> = {
    'a negative deadline': { timeoutMs: -1 },
    'half a retry': { retries: 0.5 },
    'no sockets': { maxSocketsPerHost: 0 },
    'a proxy that is not a URL': { proxy: 'proxy' },
    'a proxy of another protocol': { proxy: 'socks5://localhost' },
    'a proxy for one scheme that is not a URL': { proxy: { https: 'proxy' } },
  };
  for (const [what, options] of Object.entries(http)) {
    test(`http: ${what}`, () => {
      expect(make({ http: options })).toEqual(invalid);
    });
  }

  test('and the message shows no part of a malformed URL', () => {
    const error = make({ redis: { url: 'redis//:s3cr3t@host' } });
    const proxied = make({ http: { proxy: 'http//user:s3cr3t@host' } });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('s3cr3t');
    expect(`${proxied} ${JSON.stringify(proxied)}`).not.toContain('s3cr3t');
  });
});

describe('calls that cannot be carried out', () => {
  test('a name that does not exist, or is of another kind', async () => {
    const manager = new ConnectionManager();
    const work = (): number => 1;
    for (const name of ['nowhere', 'http']) {
      await expect(manager.redisConnection(work, { name })).rejects.toMatchObject({
        code: 'VALIDATION_ERROR_3500',
        message: expect.stringContaining(name),
      });
    }
    await expect(manager.httpSession(work, { name: 'redis' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR_3500',
    });
    await expect(manager.close('nowhere')).rejects.toMatchObject({ code: 'VALIDATION_ERROR_3500' });
    await manager.closeAllConnections();
  });

  test('a name that is taken', async () => {
    const manager = new ConnectionManager();
    expect(() => manager.addRedis('http', {})).toThrowError(/already exists/);
    manager.register('own', { open: async () => 1 });
    expect(() => manager.register('own', { open: async () => 1 })).toThrowError(/already exists/);
    await manager.closeAllConnections();
  });

  test('an unlimited limit', async () => {
    const manager = new ConnectionManager();
    const work = (): number => 1;
    for (const timeoutMs of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY]) {
      const refused = { code: 'VALIDATION_ERROR_3500' };
      await expect(manager.redisConnection(work, { timeoutMs })).rejects.toMatchObject(refused);
      await expect(manager.acquireRedis({ timeoutMs })).rejects.toMatchObject(refused);
      await expect(manager.health({ timeoutMs })).rejects.toMatchObject(refused);
      await expect(manager.closeAllConnections({ timeoutMs })).rejects.toMatchObject(refused);
    }
    await manager.closeAllConnections();
  });

  test('anything after the end', async () => {
    const manager = new ConnectionManager();
    const own = manager.register('own', { open: async () => 1 });
    await manager.closeAllConnections();
    const over = { code: 'CLIENT_CLOSED_9007', retryable: false };
    await expect(manager.redisConnection(() => 1)).rejects.toMatchObject(over);
    await expect(manager.acquireRedis()).rejects.toMatchObject(over);
    await expect(manager.getRedisConnection()).rejects.toMatchObject(over);
    await expect(manager.subscribe('news', () => {})).rejects.toMatchObject(over);
    await expect(manager.httpSession(() => 1)).rejects.toMatchObject(over);
    await expect(manager.getHttpClient()).rejects.toMatchObject(over);
    await expect(own.use(() => 1)).rejects.toMatchObject(over);
    expect(() => manager.addRedis('late', {})).toThrowError(/closed/);
    expect(await manager.closeAllConnections()).toMatchObject({ completed: 0, abandoned: 0 });
  });
});

test('nothing is opened before it is used, and nothing is left by what was not used', async () => {
  const manager = new ConnectionManager({ redis: { url: 'redis://nowhere.invalid' } });
  expect(manager.stats()).toMatchObject({
    redis: { state: 'idle', open: 0, opened: 0 },
    http: { state: 'idle', open: 0 },
  });
  expect(await manager.health()).toMatchObject({ status: 'pass' });
  expect(await manager.closeAllConnections()).toMatchObject({ abandoned: 0 });
});

test('a health report has no secret of a name and of a failed check', async () => {
  const manager = new ConnectionManager();
  const name = 'postgres://app:hunter2-4711@db';
  manager.register(name, {
    kind: 'postgres',
    open: () => Promise.reject(new Error('no server for password=hunter2-4711')),
  });
  const report = await manager.health({ open: true, name });
  expect(report).toMatchObject({
    status: 'fail',
    connections: { 'postgres://app:**********@db': { kind: 'postgres', status: 'fail' } },
  });
  expect(JSON.stringify(report)).not.toContain('hunter2');
  await manager.closeAllConnections();
});
