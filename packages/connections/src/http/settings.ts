import { optionError } from '@map/errors/kernel';
import type { SecretLike } from '@map/redaction';
import { checkInteger, checkMs, checkOptions, checkType, isString } from '../core/check-options.ts';
import { isValidHeader } from '../core/header-syntax.ts';
import { type FetchOptions, fetchOptionNames } from '../fetch/settings.ts';

/** Limits and behaviour of an HTTP client; all times in milliseconds. */
export interface HttpOptions extends FetchOptions {
  /**
   * Limit for one request with all its attempts, delays and redirects; 30,000 by default. `fetch`
   * has none by default; if it is set, its body counts too.
   */
  readonly timeoutMs?: number;
  /** Limit for opening a socket: name lookup, TCP and TLS together; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Most sockets to one host; 50 by default. */
  readonly maxSocketsPerHost?: number;
  /** Most idle sockets kept for one host; 10 by default. */
  readonly maxFreeSocketsPerHost?: number;
  /** Most retries of a request that is safe to repeat; 2 by default. */
  readonly retries?: number;
  /** Longest Retry-After that is waited for; 10,000 by default. */
  readonly maxRetryAfterMs?: number;
  /** Longest delay between two attempts without Retry-After; 2,000 by default. */
  readonly maxRetryDelayMs?: number;
  /** Largest response body after decompression, in bytes; 10 MiB by default. */
  readonly maxResponseBytes?: number;
  /** Proxy for all requests, such as `http://user:password@proxy:3128`, or one for each scheme. */
  readonly proxy?: SecretLike | ProxyByScheme;
  /** Hosts reached without the proxy: `localhost`, `.internal`, `10.0.0.5:8080`, `*`. */
  readonly noProxy?: readonly string[];
  /** Certificate authority to trust instead of the system's, in PEM; also for the proxy. */
  readonly ca?: string | readonly string[];
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URL that a health check requests; without one the client counts as healthy. */
  readonly healthUrl?: string;
}

/** Proxies by the scheme of the request; without one, requests go directly. */
export interface ProxyByScheme {
  readonly http?: SecretLike;
  readonly https?: SecretLike;
}

/** Limits with their defaults filled in. */
export type HttpLimits = Readonly<Record<Limit, number>>;

type Limit =
  | 'timeoutMs'
  | 'connectTimeoutMs'
  | 'maxSocketsPerHost'
  | 'maxFreeSocketsPerHost'
  | 'retries'
  | 'maxRetryAfterMs'
  | 'maxRetryDelayMs'
  | 'maxResponseBytes';

const limits: readonly Limit[] = [
  ...(['timeoutMs', 'connectTimeoutMs', 'maxSocketsPerHost', 'maxFreeSocketsPerHost'] as const),
  ...(['retries', 'maxRetryAfterMs', 'maxRetryDelayMs', 'maxResponseBytes'] as const),
];

const known: ReadonlySet<string> = new Set([
  ...[...limits, ...fetchOptionNames, 'proxy', 'noProxy', 'ca', 'headers', 'healthUrl'],
]);

/** The names of these options in got, axios, undici and Node. */
const remedies: Readonly<Record<string, string>> = {
  timeout: 'timeoutMs',
  requestTimeout: 'timeoutMs',
  connectTimeout: 'connectTimeoutMs',
  retry: 'retries',
  maxRetries: 'retries',
  maxSockets: 'maxSocketsPerHost',
  connections: 'maxSocketsPerHost',
  maxFreeSockets: 'maxFreeSocketsPerHost',
  maxContentLength: 'maxResponseBytes',
  baseURL: 'http.extend({ prefixUrl })',
  baseUrl: 'http.extend({ prefixUrl })',
  prefixUrl: 'http.extend({ prefixUrl })',
};

/**
 * Checks the options of an HTTP client, except for its proxies, and fills in the limits.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 */
export function httpLimits(name: string, options: HttpOptions): HttpLimits {
  const where = `HTTP client "${name}"`;
  checkOptions(where, options, known, remedies);
  const areCertificates = (value: unknown): boolean => [value].flat().every(isCertificate);
  checkType(where, 'ca', options.ca, areCertificates, 'a certificate in PEM or an array of them');
  checkHeaders(where, options.headers);
  const url = 'a URL with http:// or https:// and a port other than 0';
  checkType(where, 'healthUrl', options.healthUrl, isUrl, url);
  const ms = (option: keyof HttpLimits, fallback: number): number =>
    checkMs(where, option, options[option] ?? fallback);
  const count = (
    option: keyof HttpLimits,
    fallback: number,
    least: number,
    most?: number,
  ): number => checkInteger(where, option, options[option] ?? fallback, least, most);
  return {
    timeoutMs: ms('timeoutMs', 30_000),
    connectTimeoutMs: ms('connectTimeoutMs', 5_000),
    maxSocketsPerHost: count('maxSocketsPerHost', 50, 1),
    maxFreeSocketsPerHost: count('maxFreeSocketsPerHost', 10, 0),
    retries: count('retries', 2, 0, 100),
    maxRetryAfterMs: ms('maxRetryAfterMs', 10_000),
    maxRetryDelayMs: ms('maxRetryDelayMs', 2_000),
    maxResponseBytes: count('maxResponseBytes', 10 * 1024 * 1024, 1, Number.MAX_SAFE_INTEGER),
  };
}

/** Headers are checked here once: a call could only fail by them. */
function checkHeaders(where: string, headers: unknown): void {
  if (headers === undefined) return;
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    throw optionError('headers', 'an object', headers, { of: where });
  }
  for (const [name, value] of Object.entries(headers)) {
    const option = `headers.${name.slice(0, 40)}`;
    if (!isString(value)) throw optionError(option, 'a string', value, { of: where });
    if (!isValidHeader(name, value))
      throw optionError(option, 'a header of HTTP', value, { of: where });
  }
}

function isCertificate(value: unknown): boolean {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  try {
    new X509Certificate(value as string);
    return isString(value);
  } catch {
    return false;
  }
}

function isUrl(value: unknown): boolean {
  if (!isString(value) || !URL.canParse(value)) return false;
  const { port, protocol } = new URL(value);
  return /^https?:$/.test(protocol) && port !== '0';
}
