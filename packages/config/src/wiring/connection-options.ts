import type { Address, HttpOptions, RedisOptions } from '@map/connections';
import { type Settings, stockProperties } from '@map/settings';

/** Settings → the Redis named `redis`. */
export function redisOptions(settings: Settings): RedisOptions {
  const { REDIS_MODE, REDIS_NODES, REDIS_USERNAME, REDIS_PASSWORD } = settings;
  const nodes = REDIS_NODES.map(address);
  const tls = redisTls(settings);
  return {
    url: settings.REDIS_URL,
    clientName: clientName(settings.APP_NAME),
    connectTimeoutMs: settings.REDIS_CONNECT_TIMEOUT,
    commandTimeoutMs: settings.REDIS_COMMAND_TIMEOUT,
    pool: { max: settings.REDIS_POOL_MAX, acquireTimeoutMs: settings.REDIS_ACQUIRE_TIMEOUT },
    ...(REDIS_USERNAME !== undefined && { username: REDIS_USERNAME }),
    ...(REDIS_PASSWORD?.isSet && { password: REDIS_PASSWORD }),
    ...(tls !== undefined && { tls }),
    ...(REDIS_MODE === 'cluster' && { cluster: nodes }),
    ...(REDIS_MODE === 'sentinel' && {
      sentinel: {
        primary: settings.REDIS_SENTINEL_MASTER,
        nodes,
        ...(settings.REDIS_SENTINEL_PASSWORD?.isSet && {
          password: settings.REDIS_SENTINEL_PASSWORD,
        }),
      },
    }),
  };
}

/** Settings → the HTTP client named `http`. */
export function httpOptions(settings: Settings): HttpOptions {
  const { HTTP_PROXY: http, HTTPS_PROXY: https } = settings;
  return {
    timeoutMs: settings.HTTP_TIMEOUT,
    connectTimeoutMs: settings.HTTP_CONNECT_TIMEOUT,
    maxSocketsPerHost: settings.HTTP_MAX_CONNECTIONS_PER_HOST,
    retries: settings.HTTP_RETRIES,
    maxRetryAfterMs: settings.HTTP_RETRY_MAX_DELAY,
    // Spaces separate entries as well, as for curl.
    noProxy: settings.NO_PROXY.flatMap((entry) => entry.split(/\s+/)).filter(
      (entry) => entry !== '',
    ),
    proxy: { ...(http !== undefined && { http }), ...(https !== undefined && { https }) },
  };
}

/** Whether Redis is configured; if not, the application may work without it. */
export function isRedisConfigured(settings: Settings): boolean {
  return (
    settings.REDIS_MODE !== 'single' ||
    settings.REDIS_URL !== stockProperties.REDIS_URL.default ||
    (process.env['REDIS_URL'] ?? '').trim() !== ''
  );
}

function redisTls(settings: Settings): RedisOptions['tls'] {
  const { REDIS_TLS, REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE } = settings;
  const files = REDIS_TLS_CA_FILE ?? REDIS_TLS_CERT_FILE ?? REDIS_TLS_KEY_FILE;
  if (files === undefined && settings.REDIS_TLS_VERIFY) return REDIS_TLS || undefined;
  if (!REDIS_TLS && !/^(?:rediss|valkeys):/i.test(settings.REDIS_URL)) return undefined;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  return {
    rejectUnauthorized: settings.REDIS_TLS_VERIFY,
    ...(REDIS_TLS_CA_FILE !== undefined && { ca: readFileSync(REDIS_TLS_CA_FILE, 'utf8') }),
    ...(REDIS_TLS_CERT_FILE !== undefined && { cert: readFileSync(REDIS_TLS_CERT_FILE, 'utf8') }),
    ...(REDIS_TLS_KEY_FILE !== undefined && { key: readFileSync(REDIS_TLS_KEY_FILE, 'utf8') }),
  };
}

function address(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** Redis does not allow spaces or control characters in the name of a client. */
function clientName(name: string): string {
  return name.replace(/[^\x21-\x7e]+/g, '-');
}
