import { describe, expect, test } from 'vitest';
import { ConnectionManager } from '../../src/index.ts';

// Mistakes of a program without types.
// biome-ignore lint/suspicious/noExplicitAny: these tests pass options that the types forbid
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
    ['an invalid cluster node', { redis: { cluster: [null] } }],
    ['a cluster node with an unknown option', { redis: { cluster: [{ ...node, db: 1 }] } }],
    ['sentinels that are null', { redis: { sentinel: null } }],
    ['a password that is a number', { redis: { password: 5 } }],
    ['a user that is not a string', { redis: { username: {} } }],
    ['a certificate authority that is a number', { http: { ca: 5 } }],
    ['headers that are a string', { http: { headers: 'accept: */*' } }],
    ['an invalid health URL', { http: { healthUrl: 80 } }],
    ['a pool that is a string', { redis: { pool: 'x' } }],
    ['a pool that is null', { redis: { pool: null } }],
    ['a proxy whose credentials have a broken escape', { http: { proxy: 'http://u:%zz@host:1' } }],
    ['a string instead of hosts', { http: { proxy: 'http://host:1', noProxy: 'localhost' } }],
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
      'a type whose check is not a function',
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

describe('a port that no server has is refused when it is given, without the credentials', () => {
  const port = 'must be an integer from 1 to 65535, got';
  const wrong: [Untyped, string][] = [
    [
      { redis: { url: 'redis://me:hunter2@localhost:0' } },
      'The port in `url` of redis connection "redis" must be from 1 to 65535, got 0.',
    ],
    [{ redis: { url: 'rediss://localhost:00/1' } }, 'must be from 1 to 65535, got 0.'],
    [{ redis: { url: 'redis://localhost:70000' } }, 'got a malformed one'],
    [
      { redis: { cluster: [node, { host: 'a', port: 0 }] } },
      `\`cluster[1].port\` of redis connection "redis" ${port} 0.`,
    ],
    [{ redis: { cluster: [{ host: 'a', port: 70_000 }] } }, `${port} 70000.`],
    [{ redis: { cluster: [{ host: '', port: 1 }] } }, '`cluster[0].host`'],
    [{ redis: { cluster: [null] } }, '`cluster[0]` of redis connection "redis" must be'],
    [
      { redis: { sentinel: { primary: 'main', nodes: [{ host: 'a', port: '26379' }] } } },
      `\`sentinel.nodes[0].port\` of redis connection "redis" ${port} a string.`,
    ],
    [
      { http: { proxy: 'http://me:hunter2@localhost:0' } },
      'The port in `proxy` of HTTP client "http" must be from 1 to 65535, got 0.',
    ],
    [{ http: { proxy: { https: 'http://localhost:0' } } }, 'The port in `proxy`'],
    [{ http: { healthUrl: 'http://me:hunter2@localhost:0' } }, '`healthUrl` of HTTP client "http"'],
    [{ http: { healthUrl: 'ftp://localhost/' } }, '`healthUrl` of HTTP client "http"'],
  ];
  test.each(wrong)('%o', (options, message) => {
    const make = (): unknown => new ConnectionManager(options);
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID_3002' }));
    expect(make).toThrow(message);
    expect(make).not.toThrow('hunter2');
  });

  test('also by fetch', async () => {
    const manager = new ConnectionManager();
    await expect(manager.getFetch()('http://localhost:0/')).rejects.toThrow(
      'Failed to parse URL: its port must not be 0.',
    );
    await manager.closeAllConnections();
  });

  test('also by got, which does not try again', async () => {
    const manager = new ConnectionManager();
    const url = 'http://me:hunter2@localhost:0/';
    const message = 'The port in `url` of HTTP client "http" must be from 1 to 65535, got 0.';
    const refusal = { code: 'CONFIG_INVALID_3002', retryable: false, message };
    await manager.httpSession(async (client) => {
      await expect(client.get(url)).rejects.toMatchObject(refusal);
      await expect(client.get(url).json()).rejects.toMatchObject(refusal);
      await expect(client.paginate.all(url)).rejects.toMatchObject(refusal);
      await expect(client.stream(url).toArray()).rejects.toMatchObject(refusal);
    });
    await manager.closeAllConnections();
  });
});

describe('an argument that cannot be used is refused before anything is opened', () => {
  const work = (): void => {};
  const wrong: [string, (manager: Untyped) => Promise<unknown>][] = [
    ['redisConnection without work', (manager) => manager.redisConnection()],
    ['httpSession without work', (manager) => manager.httpSession()],
    ['options that are a string', (manager) => manager.redisConnection(work, 'redis')],
    ['an invalid signal', (manager) => manager.redisConnection(work, { signal: {} })],
    ['an invalid signal for a lease', (manager) => manager.acquireRedis({ signal: 5 })],
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

describe('an option that does not exist is refused by its name', () => {
  const wrong: [Untyped, string][] = [
    [
      { redis: { host: 'localhost' } },
      '`host` is not an option of redis connection "redis". Did you mean `url: \'redis://host:6379/0\'`?',
    ],
    [
      { redis: { db: 3 } },
      '`db` is not an option of redis connection "redis". Did you mean `database`?',
    ],
    [{ redis: { commandTimeout: 5 } }, 'Did you mean `commandTimeoutMs`?'],
    [
      { redis: { modules: { json: { get: 'JSON.GET' } } } },
      '`modules.json` of redis connection "redis" must be the commands of a module, got an object.',
    ],
    [{ redis: { usrname: 'x' } }, 'Did you mean `username`?'],
    [
      { redis: { pool: { size: 5 } } },
      '`size` is not an option of the pool of redis connection "redis". Did you mean `max`?',
    ],
    [{ redis: { pool: { maxWait: 5 } } }, 'Did you mean `maxWaiting`?'],
    [
      { redis: { tls: { caFile: 'x' } } },
      '`caFile` is not an option of tls of redis connection "redis". Did you mean `ca`?',
    ],
    [{ redis: { sentinel: { name: 'x', nodes: [node] } } }, 'Did you mean `primary`?'],
    [
      { http: { timeout: 5 } },
      '`timeout` is not an option of HTTP client "http". Did you mean `timeoutMs`?',
    ],
    [{ http: { TimeoutMS: 5 } }, 'Did you mean `timeoutMs`?'],
    [{ http: { retry: 5 } }, 'Did you mean `retries`?'],
    [{ http: { proxy: { ftp: 'x' } } }, '`ftp` is not an option of proxy of HTTP client "http".'],
    [
      { observers: {} },
      '`observers` is not an option of the connection manager. Did you mean `observer`?',
    ],
    [{ qwertyuiop: {} }, '`qwertyuiop` is not an option of the connection manager.'],
  ];
  test.each(wrong)('%o', (options, message) => {
    expect(() => new ConnectionManager(options)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID_3002',
        message: expect.stringContaining(message),
      }),
    );
  });

  test('also of a type, and of every call', async () => {
    const manager: Untyped = new ConnectionManager();
    expect(() => manager.register('own', { open: () => 1, timeout: 5 })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('`operationTimeoutMs`') }),
    );
    // The fields of a class are its own.
    class Own {
      readonly counter = 0;
      open = async (): Promise<number> => 1;
    }
    const own = manager.register('class', new Own());
    expect(await own.use((one: number) => one)).toBe(1);
    const work = (): void => {};
    for (const call of [
      () => manager.redisConnection(work, { timeout: 5 }),
      () => manager.acquireRedis({ database: 5 }),
      () => manager.getRedisConnection({ timeoutms: 5 }),
      () => manager.subscribe('news', work, { patern: true }),
      () => manager.httpSession(work, { timeout: 5 }),
      () => manager.getHttpClient({ nam: 'http' }),
      () => manager.health({ timeout: 5 }),
      () => manager.close('http', { timeout: 5 }),
      () => manager.closeAllConnections({ timeout: 5 }),
      () => own.use(work, { operations: 'x' }),
      () => own.acquire({ timeout: 5 }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'VALIDATION_ERROR_3500',
        message: expect.stringMatching(/^`\w+` is not an option of this call\./),
      });
    }
    await manager.closeAllConnections();
  });
});

describe('a number that cannot be meant is refused', () => {
  const numbers: Untyped[] = [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 5n, '5', {}, true];
  const options: [string, (value: Untyped) => Untyped][] = [
    ['redis.commandTimeoutMs', (value) => ({ redis: { commandTimeoutMs: value } })],
    ['redis.connectTimeoutMs', (value) => ({ redis: { connectTimeoutMs: value } })],
    ['redis.maxQueued', (value) => ({ redis: { maxQueued: value } })],
    ['redis.database', (value) => ({ redis: { database: value } })],
    ['redis.pool.max', (value) => ({ redis: { pool: { max: value } } })],
    ['redis.pool.maxWaiting', (value) => ({ redis: { pool: { maxWaiting: value } } })],
    ['redis.pool.idleTimeoutMs', (value) => ({ redis: { pool: { idleTimeoutMs: value } } })],
    ['http.timeoutMs', (value) => ({ http: { timeoutMs: value } })],
    ['http.retries', (value) => ({ http: { retries: value } })],
    ['http.maxSocketsPerHost', (value) => ({ http: { maxSocketsPerHost: value } })],
    ['http.maxResponseBytes', (value) => ({ http: { maxResponseBytes: value } })],
    ['RESP', (value) => ({ redis: { RESP: value } })],
  ];
  test.each(options)('%s', (_name, make) => {
    for (const value of numbers) {
      expect(() => new ConnectionManager(make(value))).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID_3002',
          message: expect.stringMatching(/^`[\w.]+` of .+ must be .+, got .+\.$/),
        }),
      );
    }
  });
});

describe('bounds of a call that would never end it are refused', () => {
  const controller = new AbortController();
  const bounds: [string, Untyped, RegExp][] = [
    ['a controller', { signal: controller }, /got its controller: use `\.signal`/],
    [
      'an emitter',
      { signal: new EventTarget() },
      /must be an AbortSignal, got an instance of EventTarget/,
    ],
    ['a boolean', { signal: true }, /got true/],
    ['null', { signal: null }, /got null/],
    ['a bigint', { timeoutMs: 5n }, /from 1 to 2147483647 milliseconds, got a bigint/],
    ['a string', { timeoutMs: '5' }, /got a string/],
    ['a date', { timeoutMs: new Date() }, /got an instance of Date/],
    ['nothing of a number', { timeoutMs: Number.NaN }, /got NaN/],
    ['more than a timer holds', { timeoutMs: 2 ** 31 }, /got 2147483648/],
  ];
  test.each(bounds)('%s', async (_what, options, message) => {
    const manager: Untyped = new ConnectionManager();
    const own = manager.register('own', { open: async () => 1 });
    const work = (): Promise<never> => new Promise(() => {});
    for (const call of [
      () => manager.redisConnection(work, options),
      () => manager.acquireRedis(options),
      () => manager.getRedisConnection(options),
      () => manager.httpSession(work, options),
      () => manager.getHttpClient(options),
      () => own.use(work, options),
      () => own.acquire(options),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'VALIDATION_ERROR_3500',
        message: expect.stringMatching(message),
      });
    }
    expect(await manager.closeAllConnections()).toMatchObject({ completed: 0, abandoned: 0 });
  });

  test('a controller as the signal of one request, or of one command', async () => {
    const manager: Untyped = new ConnectionManager();
    const refused = { code: 'VALIDATION_ERROR_3500' };
    await manager.httpSession(async (http: Untyped) => {
      const request = http.get('http://127.0.0.1:9/', { signal: controller });
      await expect(request).rejects.toMatchObject(refused);
    });
    await manager.redisConnection((redis: Untyped) => {
      expect(() => redis.withAbortSignal(controller)).toThrow(expect.objectContaining(refused));
      for (const abortSignal of [controller, { aborted: false, addEventListener() {} }, 'x']) {
        expect(() => redis.withCommandOptions({ abortSignal })).toThrow(
          expect.objectContaining({
            ...refused,
            message: expect.stringContaining('`abortSignal`'),
          }),
        );
      }
      redis.withCommandOptions({ abortSignal: undefined });
      redis.withCommandOptions({ abortSignal: controller.signal });
    });
    expect(await manager.closeAllConnections()).toMatchObject({ abandoned: 0 });
  });
});

test('the remedy for a malformed URL takes time linear in its length', () => {
  for (const part of ['#', '@', '/', '%', 'a']) {
    const before = process.cpuUsage();
    expect(() => new ConnectionManager({ redis: { url: `x://${part.repeat(200_000)}` } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID_3002' }),
    );
    expect(process.cpuUsage(before).user, part).toBeLessThan(1_000_000);
  }
});
