import { invalid } from './coded.ts';
import type { Proxies, ProxySettings } from './http-agents.ts';
import { reveal, type SecretLike } from './secret.ts';
import { checkInteger, checkKind, checkMs, isText } from './validate.ts';

/** Limits and habits of an HTTP client; all times in milliseconds. */
export interface HttpOptions {
  /** Limit for one request with all its attempts, waits and redirects; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Limit for opening a socket: name look-up, TCP and TLS together; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Sockets at most to one host; 50 by default. */
  readonly maxSocketsPerHost?: number;
  /** Idle sockets kept for one host; 10 by default. */
  readonly maxFreeSocketsPerHost?: number;
  /** Repetitions at most of a request that is safe to repeat; 2 by default. */
  readonly retries?: number;
  /** Longest Retry-After that is waited for; 10,000 by default. */
  readonly maxRetryAfterMs?: number;
  /** Longest delay between two attempts, unless Retry-After says more; 2,000 by default. */
  readonly maxRetryDelayMs?: number;
  /** Largest body of an answer, decompressed, in bytes; 10 MiB by default. */
  readonly maxResponseBytes?: number;
  /** Proxy for all requests, e.g. `http://user:password@proxy:3128`, or one for each scheme. */
  readonly proxy?: SecretLike | ProxyByScheme;
  /** Hosts that are reached without the proxy: `localhost`, `.internal`, `10.0.0.5:8080`, `*`. */
  readonly noProxy?: readonly string[];
  /** Certificate authority to trust instead of the system's, in PEM. */
  readonly ca?: string | readonly string[];
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URL that a health check asks for; without one the client counts as healthy. */
  readonly healthUrl?: string;
}

/** Proxies by the scheme of what is asked for; without one, requests go directly. */
export interface ProxyByScheme {
  readonly http?: SecretLike;
  readonly https?: SecretLike;
}

/** Limits with their defaults filled in. */
export type HttpLimits = Required<
  Omit<HttpOptions, 'proxy' | 'noProxy' | 'ca' | 'headers' | 'healthUrl'>
>;

/**
 * Checks the limits of an HTTP client and fills the defaults in.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for a value that cannot be used.
 */
export function httpLimits(name: string, options: HttpOptions): HttpLimits {
  const where = `http client "${name}"`;
  const ms = (setting: keyof HttpLimits, fallback: number): number =>
    checkMs(where, setting, options[setting] ?? fallback);
  checkKind(where, 'ca', options.ca, (ca) => [ca].flat().every(isText), 'PEM texts');
  checkKind(where, 'headers', options.headers, (value) => typeof value === 'object', 'an object');
  checkKind(where, 'healthUrl', options.healthUrl, isText, 'a text');
  const count = (setting: keyof HttpLimits, fallback: number, least: number): number =>
    checkInteger(where, setting, options[setting] ?? fallback, least);
  return {
    timeoutMs: ms('timeoutMs', 30_000),
    connectTimeoutMs: ms('connectTimeoutMs', 5_000),
    maxSocketsPerHost: count('maxSocketsPerHost', 50, 1),
    maxFreeSocketsPerHost: count('maxFreeSocketsPerHost', 10, 0),
    retries: count('retries', 2, 0),
    maxRetryAfterMs: ms('maxRetryAfterMs', 10_000),
    maxRetryDelayMs: ms('maxRetryDelayMs', 2_000),
    maxResponseBytes: count('maxResponseBytes', 10 * 1024 * 1024, 1),
  };
}

/**
 * Reads the proxies of an HTTP client.
 *
 * @throws BaseError `CONFIG_INVALID_3002` when a URL is malformed; the message shows no part of it.
 */
export function proxySettings(name: string, { proxy, noProxy = [] }: HttpOptions): Proxies {
  const isOne = typeof proxy !== 'object' || proxy === null || 'reveal' in proxy;
  const { http, https } = isOne ? { http: proxy, https: proxy } : proxy;
  return { http: readProxy(name, http, noProxy), https: readProxy(name, https, noProxy) };
}

function readProxy(
  name: string,
  proxy: SecretLike | undefined,
  noProxy: readonly string[],
): ProxySettings | undefined {
  if (proxy === undefined || proxy === null) return undefined;
  const url = parsed(proxy);
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(`The proxy of http client "${name}" is malformed: write http://host:port.`, {
      pool: name,
    });
  }
  if (!Array.isArray(noProxy) || !noProxy.every((host) => typeof host === 'string')) {
    throw invalid(`noProxy of http client "${name}" is no list: write ['localhost'].`, {
      setting: 'noProxy',
    });
  }
  return { url, noProxy };
}

/** The URL, unless it is malformed or its credentials are. */
function parsed(proxy: SecretLike): URL | undefined {
  try {
    const url = new URL(reveal(proxy));
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return undefined;
  }
}
