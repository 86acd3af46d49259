import { describe, expect, test } from 'vitest';
import { ConnectionManager } from '../../src/index.ts';

// What a program without types can do wrong.
// biome-ignore lint/suspicious/noExplicitAny: the point of these tests
type Untyped = any;

const node = { host: 'localhost', port: 7000 };

describe('a setting that cannot be used is refused when it is given', () => {
  const wrong: [string, Untyped][] = [
    ['options null', null],
    ['an observer without observe', { observer: {} }],
    ['a logger without warn', { logger: {} }],
    ['trace headers that are no function', { traceHeaders: {} }],
    ['a URL that is a number', { redis: { url: 5 } }],
    ['a URL with a broken escape', { redis: { url: 'redis://user:%zz@host:1' } }],
    ['a cluster without nodes', { redis: { cluster: [] } }],
    ['a cluster node without port', { redis: { cluster: [{ host: 'localhost' }] } }],
    ['a cluster node that is none', { redis: { cluster: [null] } }],
    ['sentinels that are null', { redis: { sentinel: null } }],
    ['a password that is a number', { redis: { password: 5 } }],
    ['a user that is no text', { redis: { username: {} } }],
    ['a certificate authority that is a number', { http: { ca: 5 } }],
    ['headers that are a text', { http: { headers: 'accept: */*' } }],
    ['a health URL that is none', { http: { healthUrl: 80 } }],
    ['a pool that is a text', { redis: { pool: 'x' } }],
    ['a pool that is null', { redis: { pool: null } }],
    ['a proxy whose credentials have a broken escape', { http: { proxy: 'http://u:%zz@host:1' } }],
    ['a text instead of hosts', { http: { proxy: 'http://host:1', noProxy: 'localhost' } }],
    ['sentinels without nodes', { redis: { sentinel: { primary: 'main', nodes: [] } } }],
    ['sentinels without a primary', { redis: { sentinel: { nodes: [node] } } }],
    [
      'cluster and sentinels',
      { redis: { cluster: [node], sentinel: { primary: 'main', nodes: [node] } } },
    ],
  ];
  test.each(wrong)('%s', (_name, options) => {
    expect(() => new ConnectionManager(options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID_3002' }),
    );
  });

  const added: [string, (manager: Untyped) => unknown][] = [
    ['a Redis without settings', (manager) => manager.addRedis('cache')],
    ['a Redis without a name', (manager) => manager.addRedis('', {})],
    ['an HTTP client without settings', (manager) => manager.addHttp('api')],
    ['a type without open', (manager) => manager.register('database', {})],
    [
      'a type whose check is no function',
      (manager) => manager.register('database', { open: () => {}, check: 5 }),
    ],
    ['no type at all', (manager) => manager.register('database')],
  ];
  test.each(added)('%s', (_name, add) => {
    const manager = new ConnectionManager();
    expect(() => add(manager)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID_3002' }));
    expect(Object.keys(manager.stats())).toEqual(['redis', 'http']);
  });
});

describe('an argument that cannot be used is refused before anything is opened', () => {
  const work = (): void => {};
  const wrong: [string, (manager: Untyped) => Promise<unknown>][] = [
    ['redisConnection without work', (manager) => manager.redisConnection()],
    ['httpSession without work', (manager) => manager.httpSession()],
    ['options that are a text', (manager) => manager.redisConnection(work, 'redis')],
    ['a signal that is none', (manager) => manager.redisConnection(work, { signal: {} })],
    ['a signal that is none, for a lease', (manager) => manager.acquireRedis({ signal: 5 })],
    ['a subscription without listener', (manager) => manager.subscribe('news')],
    ['a subscription without channel', (manager) => manager.subscribe(undefined, work)],
    [
      'a use without work',
      (manager) => manager.register('database', { open: async () => ({}) }).use(),
    ],
  ];
  test.each(wrong)('%s', async (_name, call) => {
    const manager = new ConnectionManager();
    await expect(call(manager)).rejects.toMatchObject({ code: 'VALIDATION_ERROR_3500' });
    expect(manager.stats()['redis']).toMatchObject({ state: 'idle', opened: 0, operations: 0 });
  });
});
