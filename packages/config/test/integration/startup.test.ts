import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { getConnectionManager } from '@map/connections';
import { captureLogs } from '@map/logger';
import { defineSettings, integer } from '@map/settings';
import { freePort, type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Config, initializeConfig, logger, settings } from '../../src/index.ts';
import { type Child, PATIENT, runChild } from '../support/child.ts';
import { restoreMetrics } from '../support/metrics.ts';

afterAll(restoreMetrics);

let redis: RedisServer;
const running: Config[] = [];

async function start(...args: Parameters<typeof initializeConfig>): Promise<Config> {
  const config = (await initializeConfig(...args)) as Config;
  running.push(config);
  return config;
}

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  for (const config of running.splice(0)) await config.shutdown();
  vi.unstubAllEnvs();
});

function environment(more: Record<string, string> = {}) {
  for (const [name, value] of Object.entries({
    REDIS_URL: redis.url,
    METRICS_PORT: '0',
    LOG_LEVEL: 'CRITICAL',
    ...PATIENT,
    ...more,
  })) {
    vi.stubEnv(name, value);
  }
}

async function clients(): Promise<number> {
  const list = await redis.command('CLIENT', 'LIST');
  // The connection that asks is one of them.
  return (list.match(/^id=|\nid=/g) ?? []).length - 1;
}

test('the five steps are done in the documented order, each with its time', async () => {
  environment();
  const config = await start();
  expect(config.steps.map(({ name }) => name)).toEqual([
    'bootstrap logging',
    'settings',
    'logging',
    'connections',
    'metrics',
  ]);
  expect(config.steps.every(({ durationMs }) => durationMs >= 0)).toBe(true);
});

test('nothing is opened before its first use', async () => {
  environment();
  const before = await clients();
  const config = await start();
  expect(await clients()).toBe(before);
  await config.connections.redisConnection((client) => client.set('a', '1'));
  expect(await clients()).toBe(before + 1);
});

test('a start leaves to their first use what takes Node tens of milliseconds to load', async () => {
  const child = runChild('test/fixtures/loaded-at-start.ts', { env: { METRICS_PORT: '0' } });
  const { code } = await child.ended;
  expect([code, child.stderr]).toEqual([0, expect.stringMatching(/^loaded /m)]);
  const loaded = /^loaded (.*)$/m.exec(child.stderr)?.[1]?.split(';') ?? [];
  // The server for metrics needs it, so the list is a true one.
  expect(loaded).toContain('NativeModule http');
  const costly = ['internal/deps/undici/undici', 'tls', 'internal/fs/promises', 'zlib', 'v8'];
  expect(loaded.filter((name) => costly.includes(name.replace('NativeModule ', '')))).toEqual([]);
});

test('calls beside and after each other give one configuration', async () => {
  environment();
  const [first, second] = await Promise.all([start(), start()]);
  expect(second).toBe(first);
  expect(await start()).toBe(first);
  expect(await start({ shutdownDelayMs: 5 })).toBe(first);
});

test('a second call with other settings is refused: its types would lie', async () => {
  environment();
  await start();
  await expect(start({ extend: () => 1 as never })).rejects.toMatchObject({
    code: 'CONFIGURATION_ERROR_3000',
    details: { option: 'extend' },
  });
});

test('a second call after a hot reload finds the first', async () => {
  environment();
  const options = () => ({
    settings: defineSettings({ SHOP_LIMIT: integer({ default: 3 }) }),
    extend: () => 'extension',
  });
  const config = await initializeConfig(options());
  running.push(config as unknown as Config);
  expect(await initializeConfig(options())).toBe(config);
  const other = { settings: defineSettings({ SHOP_LIMIT: integer({ default: 4 }) }) };
  await expect(initializeConfig(other)).rejects.toMatchObject({ details: { option: 'settings' } });
});

test('settings and logger are there before, during and after', async () => {
  environment({ APP_NAME: 'before' });
  expect(settings.APP_NAME).toBe('before');
  const config = await start();
  expect(settings.APP_NAME).toBe(config.settings.APP_NAME);
  expect(Object.keys(settings)).toEqual(Object.keys(config.settings));
  expect('APP_NAME' in settings).toBe(true);
  expect(() => {
    (settings as { APP_NAME: string }).APP_NAME = 'changed';
  }).toThrow(TypeError);
  expect(logger.getLogger('map.config').name).toBe('map.config');
  expect(typeof logger.info).toBe('function');
});

test('it starts again in the same process after a shutdown, with the settings of then', async () => {
  environment({ APP_NAME: 'one' });
  const first = await start();
  await first.connections.redisConnection((client) => client.set('a', '1'));
  const shutdown = first.shutdown();
  vi.stubEnv('APP_NAME', 'two');
  const second = await start();
  expect((await shutdown).ok).toBe(true);
  expect(second).not.toBe(first);
  expect(second.settings.APP_NAME).toBe('two');
  expect(settings.APP_NAME).toBe('two');
  const value = await second.connections.redisConnection((client) => client.get('a'));
  expect(value).toBe('1');
});

test('await using shuts down', async () => {
  environment();
  let ended: Config | undefined;
  {
    await using config = await initializeConfig();
    ended = config;
    expect(config.ending).toBe(false);
  }
  expect(ended.ending).toBe(true);
});

describe('a failing step', () => {
  const SECRET = 'planted-in-the-environment';
  const failing: readonly (readonly [step: string, env?: Record<string, string>])[] = [
    ['settings', { LOG_LEVEL: 'loud', REDIS_POOL_MAX: '-1' }],
    ['logging'],
    ['connections', { REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/nonexistent/ca.pem' }],
    ['metrics'],
    ['extend'],
    ['hanging'],
    ['nothing', { LOG_FILE: '/dev/null/app.log' }],
  ];
  const order = ['bootstrap logging', 'settings', 'logging', 'connections', 'metrics', 'extend'];
  const undoable = order.filter((step) => step !== 'logging');
  let child: Child;
  let before: number;

  beforeAll(async () => {
    before = await clients();
    child = runChild('test/fixtures/startup.ts', {
      env: {
        STEPS: JSON.stringify(failing.map(([step, env = {}]) => [step, env])),
        METRICS_PORT: '0',
        REDIS_URL: redis.url,
        OPENAI_API_KEY: SECRET,
      },
    });
    expect((await child.ended).code, child.stderr).toBe(0);
  });

  /** The report of the process about one start-up. */
  function recordsOf(step: string) {
    const { records } = child;
    const from = records.findIndex((each) => each['what'] === 'begin' && each['step'] === step);
    const after = records.findIndex(({ what }, index) => what === 'begin' && index > from);
    return records.slice(from, after === -1 ? undefined : after);
  }

  test.each(order.slice(1))('%s: is named, and the earlier ones are reverted', (step) => {
    const failed = recordsOf(step).find(({ what }) => what === 'failed');
    expect(failed?.['code']).toMatch(/^[A-Z_]+_\d{4}$/);
    expect(failed?.['message']).toContain(`(${step})`);
    expect(failed?.['details']).toMatchObject({
      step,
      undone: undoable.filter((done) => order.indexOf(done) < order.indexOf(step)).reverse(),
    });
  });

  test('nothing stays open, and no listener stays', async () => {
    const left = child.records.filter(({ what }) => what === 'left');
    expect(left).toEqual(failing.map(() => ({ what: 'left', resources: [], listeners: 0 })));
    expect(await clients()).toBe(before);
  });

  test('what an extension registered is ended too, last first', () => {
    const whats = recordsOf('extend').map(({ what }) => what);
    expect(whats.filter((what) => what !== undefined)).toEqual([
      'begin',
      'opened',
      'second closed',
      'own server closed',
      'failed',
      'left',
    ]);
  });

  test('it is logged with its code and without secrets', () => {
    const line = recordsOf('extend').find(({ level }) => level === 'CRITICAL');
    expect(line?.['message']).toContain('step 6 (extend): the extension is broken: **********');
    expect(line).toMatchObject({ error_code: 'CONFIGURATION_ERROR_3000' });
    expect(JSON.stringify(line)).not.toContain(SECRET);
  });

  test('all wrong settings are in one error, which is logged too', () => {
    const records = recordsOf('settings');
    const failed = records.find(({ what }) => what === 'failed');
    for (const name of ['LOG_LEVEL', 'REDIS_POOL_MAX']) expect(failed?.['message']).toContain(name);
    expect(records.find(({ level }) => level === 'CRITICAL')?.['message']).toBe(
      failed?.['message'],
    );
  });

  test('a step that hangs is abandoned at its limit, and the earlier ones are reverted', () => {
    const records = recordsOf('hanging');
    expect(records.find(({ what }) => what === 'failed')).toMatchObject({
      code: 'OPERATION_TIMEOUT_1002',
      message: expect.stringContaining('did not complete within 100 ms'),
      details: {
        step: 'extend',
        undone: ['metrics', 'connections', 'settings', 'bootstrap logging'],
      },
    });
    expect(records.some(({ what }) => what === 'hook ran')).toBe(true);
  });

  test('a log file that is not writable is reported, and the application starts', () => {
    expect(recordsOf('nothing').map(({ what }) => what)).toContain('started');
    expect(child.stderr).toContain('/dev/null/app.log');
  });

  test('Fastify leaves open what was opened before the failure', async () => {
    const child = runChild('test/fixtures/fastify-start.ts');
    await child.ended;
    expect(child.records.map(({ what }) => what)).toEqual(['failed', 'left']);
    expect(child.records[1]).toMatchObject({ listening: true });
  });
});

describe('bad input', () => {
  test('each wrong setting is a coded error that names the step and the setting', async () => {
    const wrong = [
      ['ENVIRONMENT', 'moon'],
      ['WORKER_COUNT', '0'],
      ['SHUTDOWN_TIMEOUT', 'soon'],
      ['LOG_LEVEL', 'LOUD'],
      ['LOG_FORMAT', 'xml'],
      ['REDIS_URL', 'http://localhost'],
      ['REDIS_POOL_MAX', '1e3'],
      ['HTTP_TIMEOUT', '-1s'],
      ['METRICS_ENABLED', 'maybe'],
      ['METRICS_PORT', '70000'],
      ['LLM_PROVIDERS_CONFIG', '{'],
    ];
    const child = runChild('test/fixtures/startup.ts', {
      env: { SETTINGS: JSON.stringify(wrong) },
    });
    await child.ended;
    const refused = child.records.filter(({ what }) => what === 'refused');
    expect(refused.map(({ name }) => name)).toEqual(wrong.map(([name]) => name));
    for (const { name, code, message } of refused) {
      expect(code).toBe('CONFIG_INVALID_3002');
      expect(message).toContain('step 2 (settings)');
      expect(message).toContain(name);
    }
  });

  test.each([
    ['settings', { settings: 5 }],
    ['settings', { settings: null }],
    ['extend', { extend: 'function' }],
    ['stepTimeoutsMs["extend"]', { stepTimeoutsMs: { extend: -5 } }],
    ['stepTimeoutsMs["extend"]', { stepTimeoutsMs: { extend: Number.NaN } }],
  ])('option %s: %j is refused, and a right call starts', async (option, options) => {
    environment();
    await expect(start(options as never)).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
      details: { option },
    });
    expect((await start()).ending).toBe(false);
  });

  test('a connection manager that was made before is refused: it knows no settings', async () => {
    environment();
    const early = getConnectionManager();
    await expect(start()).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
      message: expect.stringContaining('already exists'),
      details: { step: 'connections' },
    });
    await early.closeAllConnections();
    expect((await start()).connections).not.toBe(early);
  });

  test('a shutdown delay of more than half of the limit is refused', async () => {
    environment({ SHUTDOWN_TIMEOUT: '1s' });
    await expect(start({ shutdownDelayMs: 600 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID_3002',
    });
  });

  test('a metrics port in use is reported, and the application lives', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    environment({ METRICS_PORT: String(port) });
    const logs = captureLogs();
    const config = await start();
    logs.stop();
    expect(
      logs.find(
        `Metrics server not started: METRICS_PORT_IN_USE: Port ${port} on 127.0.0.1 is in use. Set METRICS_PORT to another one, or to 0 for any free port.`,
      ),
    ).toMatchObject({ level: 'ERROR' });
    expect(config.metricsServer).toBeUndefined();
    expect((await config.health()).status).toBe('pass');
    other.close();
  });

  test('an unreachable Redis lets the application start, and readiness says so', async () => {
    environment({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const config = await start();
    const health = await config.health();
    expect(health.status).toBe('fail');
    expect(health.checks['redis']?.status).toBe('fail');
    const ready = await fetch(`${config.metricsServer?.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { redis: { status: 'fail' } } });
    expect((await fetch(`${config.metricsServer?.url}/health`)).status).toBe(200);
  });

  test('a log file that is a folder is refused', async () => {
    environment({ LOG_FILE: fileURLToPath(new URL('../fixtures', import.meta.url)) });
    await expect(start()).rejects.toMatchObject({ details: { step: 'logging' } });
  });
});
