import { fileURLToPath } from 'node:url';
import { ConnectionManager } from '@map/connections';
import { loadSettings, stockProperties } from '@map/settings';
import { expect, test, vi } from 'vitest';
import {
  httpOptions,
  isRedisConfigured,
  redisOptions,
} from '../../src/wiring/connection-options.ts';
import { loggingOptions } from '../../src/wiring/logging-options.ts';

const FILE = fileURLToPath(import.meta.url);

/** Read at start-up or shutdown, by a separate test. */
const lifecycle = ['APP_NAME', 'APP_VERSION', 'ENVIRONMENT', 'SHUTDOWN_TIMEOUT'];
const metrics = ['METRICS_ENABLED', 'METRICS_PORT', 'METRICS_HOST', 'METRICS_PREFIX'];
/** Nothing here knows what the application does with them. */
const application = [
  ...['DEBUG', 'WORKER_COUNT', 'ENABLED_MODELS', 'DEFAULT_MODEL', 'LLM_PROVIDERS_CONFIG'],
  ...['OPENAI', 'ANTHROPIC', 'GOOGLE', 'MISTRAL', 'AZURE_OPENAI'].map((name) => `${name}_API_KEY`),
];

const other = fileURLToPath(new URL('../../package.json', import.meta.url));
// Neither is allowed without the other.
const pair = { REDIS_TLS: 'true', REDIS_TLS_CERT_FILE: other, REDIS_TLS_KEY_FILE: other };

/** Each other variable: what to change it to, and what must be so for it to count. */
const changes: Record<string, readonly [value: string, under?: Record<string, string>]> = {
  LOG_LEVEL: ['DEBUG'],
  LOG_LEVELS: ['map.redis=DEBUG'],
  LOG_FORMAT: ['text'],
  LOG_FILE: ['/tmp/app.log'],
  LOG_FILE_MAX_SIZE: ['2MB', { LOG_FILE: '/tmp/app.log' }],
  LOG_FILE_MAX_FILES: ['7', { LOG_FILE: '/tmp/app.log' }],
  LOG_CALLER: ['false'],
  REDIS_URL: ['redis://other:6380/1'],
  REDIS_MODE: ['cluster', { REDIS_NODES: 'a:1' }],
  REDIS_NODES: ['a:1,b:2', { REDIS_MODE: 'cluster', REDIS_NODES: 'a:1' }],
  REDIS_SENTINEL_MASTER: ['other', { REDIS_MODE: 'sentinel', REDIS_NODES: 'a:1' }],
  REDIS_SENTINEL_PASSWORD: ['other', { REDIS_MODE: 'sentinel', REDIS_NODES: 'a:1' }],
  REDIS_USERNAME: ['map'],
  REDIS_PASSWORD: ['other'],
  REDIS_TLS: ['true'],
  REDIS_TLS_CA_FILE: [FILE, { REDIS_TLS: 'true' }],
  REDIS_TLS_CERT_FILE: [FILE, pair],
  REDIS_TLS_KEY_FILE: [FILE, pair],
  REDIS_TLS_VERIFY: ['false', { REDIS_TLS: 'true' }],
  REDIS_POOL_MAX: ['7'],
  REDIS_CONNECT_TIMEOUT: ['7ms'],
  REDIS_COMMAND_TIMEOUT: ['7ms'],
  REDIS_ACQUIRE_TIMEOUT: ['7ms'],
  HTTP_TIMEOUT: ['7ms'],
  HTTP_CONNECT_TIMEOUT: ['7ms'],
  HTTP_MAX_CONNECTIONS_PER_HOST: ['7'],
  HTTP_RETRIES: ['7'],
  HTTP_RETRY_MAX_DELAY: ['7ms'],
  HTTP_PROXY: ['http://proxy:1', { HTTPS_PROXY: 'http://other:2' }],
  HTTPS_PROXY: ['http://proxy:1', { HTTP_PROXY: 'http://other:2' }],
  NO_PROXY: ['localhost'],
};

/** The options that the packages receive. */
function given(env: Record<string, string>): unknown {
  const settings = loadSettings({ env, envFiles: [] });
  return [redisOptions(settings), httpOptions(settings), loggingOptions(settings)];
}

test('no stock variable is without effect', () => {
  const known = [...lifecycle, ...metrics, ...application, ...Object.keys(changes)];
  expect(known.toSorted()).toEqual(Object.keys(stockProperties).toSorted());
});

test.each(Object.entries(changes))('%s reaches what it is for', (name, [value, under = {}]) => {
  expect(given({ ...under, [name]: value })).not.toEqual(given(under));
});

test('each proxy is for the requests of its scheme', () => {
  const proxy = (env: Record<string, string>) =>
    httpOptions(loadSettings({ env, envFiles: [] })).proxy;
  expect(proxy({ HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:2' })).toEqual({
    http: 'http://a:1',
    https: 'http://b:2',
  });
  expect(proxy({ HTTP_PROXY: 'http://a:1' })).toEqual({ http: 'http://a:1' });
});

test('NO_PROXY is separated by commas and spaces; what cannot be matched is refused', () => {
  const noProxy = (NO_PROXY: string) =>
    httpOptions(loadSettings({ env: { NO_PROXY }, envFiles: [] }));
  expect(noProxy('localhost 127.0.0.1,*.svc, 10.0.0.0/8').noProxy).toEqual([
    'localhost',
    '127.0.0.1',
    '*.svc',
    '10.0.0.0/8',
  ]);
  // A request that should go around the proxy must not go through it unnoticed.
  for (const entry of ['<local>', '192.168.*', 'http://host']) {
    const http = noProxy(`localhost ${entry}`);
    expect(() => new ConnectionManager({ http })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID_3002',
        message: expect.stringContaining(entry),
      }),
    );
  }
});

test.each(['rediss', 'valkeys'])('%s: URLs take the certificate authority', (scheme) => {
  const env = { REDIS_URL: `${scheme}://cache:6380`, REDIS_TLS_CA_FILE: FILE };
  const { tls } = redisOptions(loadSettings({ env, envFiles: [] }));
  expect(tls).toMatchObject({ ca: expect.stringContaining('import') });
});

test('an empty REDIS_URL does not configure Redis', () => {
  const settings = loadSettings({ env: { REDIS_URL: '' }, envFiles: [] });
  vi.stubEnv('REDIS_URL', '');
  expect(isRedisConfigured(settings)).toBe(false);
  vi.stubEnv('REDIS_URL', 'redis://localhost:6379/0');
  expect(isRedisConfigured(settings)).toBe(true);
  vi.unstubAllEnvs();
});
