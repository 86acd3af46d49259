import { invalid } from './coded.ts';
import type { PoolOptions } from './pool-settings.ts';
import type { SentinelOptions } from './redis-sentinel.ts';
import type { SecretLike } from './secret.ts';
import { reveal } from './secret.ts';
import { checkInteger, checkKind, checkMs, checkSettings, isText } from './validate.ts';

/** Host and port of one server. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** TLS of a connection; certificates and keys in PEM. */
export interface TlsOptions {
  /** Certificate authority to trust instead of the system's. */
  readonly ca?: string | readonly string[];
  /** Client certificate. */
  readonly cert?: string;
  /** Key of the client certificate. */
  readonly key?: SecretLike;
  /** Name that the server's certificate must carry, when it is not the host. */
  readonly servername?: string;
  /** Set to false to trust any certificate; for development only. */
  readonly rejectUnauthorized?: boolean;
}

/** How to reach Redis, and within which limits; all times in milliseconds. */
export interface RedisOptions {
  /** `redis://`, `rediss://` (TLS) or `unix://`; `redis://localhost:6379/0` by default. */
  readonly url?: SecretLike;
  /** ACL user. */
  readonly username?: string;
  /** Password, or a function that is asked for it before every attempt to connect. */
  readonly password?: SecretLike | (() => SecretLike | Promise<SecretLike>);
  /** Database index. */
  readonly database?: number;
  /** Name shown by `CLIENT LIST`. */
  readonly clientName?: string;
  readonly tls?: boolean | TlsOptions;
  /** Seed nodes of a cluster; the URL then gives credentials and TLS only. */
  readonly cluster?: readonly Address[];
  /** Sentinels and the name of the primary that they watch. */
  readonly sentinel?: SentinelOptions;
  /** Limit for one attempt to connect; 2,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Limit for one command over queueing and reply; 5,000 by default. */
  readonly commandTimeoutMs?: number;
  /** Longest delay between two attempts to connect; 250 by default. */
  readonly maxRetryDelayMs?: number;
  /** Commands that may wait while there is no connection; 1,000 by default. */
  readonly maxQueued?: number;
  readonly pool?: PoolOptions;
}

/** Limits with their defaults filled in. */
export interface RedisLimits {
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly maxRetryDelayMs: number;
  readonly maxQueued: number;
}

const defaultUrl = 'redis://localhost:6379/0';

/**
 * Checks the limits of a Redis connection and fills the defaults in.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for a value that cannot be used.
 */
export function redisLimits(name: string, options: RedisOptions): RedisLimits {
  const where = `redis connection "${name}"`;
  checkKind(where, 'username', options.username, isText, 'a text');
  checkKind(where, 'clientName', options.clientName, isText, 'a text');
  checkKind(where, 'password', options.password, isPassword, 'a text, a secret or a function');
  return {
    connectTimeoutMs: checkMs(where, 'connectTimeoutMs', options.connectTimeoutMs ?? 2_000),
    commandTimeoutMs: checkMs(where, 'commandTimeoutMs', options.commandTimeoutMs ?? 5_000),
    maxRetryDelayMs: checkMs(where, 'maxRetryDelayMs', options.maxRetryDelayMs ?? 250),
    maxQueued: checkInteger(where, 'maxQueued', options.maxQueued ?? 1_000, 0),
  };
}

/** Where a Redis is, read from the URL and the settings beside it. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket. */
  readonly path: string | undefined;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/**
 * Reads the URL of a Redis.
 *
 * @throws BaseError `CONFIG_INVALID_3002` when it is malformed; the message shows no part of it.
 */
export function redisTarget(name: string, options: RedisOptions): RedisTarget {
  const url = parsed(options.url ?? defaultUrl);
  const known = ['redis:', 'rediss:', 'unix:'];
  // The text may hold a password, so the message must not repeat it.
  if (url === undefined || !known.includes(url.protocol)) {
    throw invalid(
      `The URL of redis connection "${name}" is malformed: write redis://host:port/database.`,
      { pool: name },
    );
  }
  checkTopology(`redis connection "${name}"`, options);
  const path = url.protocol === 'unix:' ? decodeURIComponent(url.pathname) : undefined;
  const index = path === undefined ? url.pathname.slice(1) : (url.searchParams.get('db') ?? '');
  const database = options.database ?? (index === '' ? 0 : Number(index));
  checkInteger(`redis connection "${name}"`, 'database', database, 0);
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: url.port === '' ? 6379 : Number(url.port),
    path,
    tls: url.protocol === 'rediss:' || (options.tls !== undefined && options.tls !== false),
    username: options.username ?? (decodeURIComponent(url.username) || undefined),
    password: decodeURIComponent(url.password) || undefined,
    database,
  };
}

function isPassword(value: unknown): boolean {
  return isText(value) || typeof value === 'function' || typeof value === 'object';
}

/** The URL, unless it is malformed or its credentials are. */
function parsed(given: SecretLike): URL | undefined {
  try {
    const url = new URL(reveal(given));
    decodeURIComponent(url.username + url.password + url.pathname);
    return url;
  } catch {
    return undefined;
  }
}

function checkTopology(where: string, { cluster, sentinel }: RedisOptions): void {
  if (cluster !== undefined && sentinel !== undefined) {
    throw invalid(`${where} has both cluster and sentinel: choose one.`);
  }
  if (cluster !== undefined) checkAddresses(where, 'cluster', cluster);
  if (sentinel === undefined) return;
  checkSettings(`sentinel of ${where}`, sentinel);
  checkAddresses(where, 'sentinel.nodes', sentinel.nodes);
  if (typeof sentinel.primary !== 'string' || sentinel.primary === '') {
    throw invalid(`sentinel.primary of ${where} is missing: give the name of the primary.`);
  }
}

function checkAddresses(where: string, setting: string, nodes: readonly Address[]): void {
  const areGood =
    Array.isArray(nodes) &&
    nodes.length > 0 &&
    nodes.every((node: Partial<Address> | null | undefined) => {
      const { host, port = 0 } = node ?? {};
      const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
      return typeof host === 'string' && host !== '' && isPort;
    });
  if (areGood) return;
  throw invalid(`${setting} of ${where} names no servers: write [{ host, port }].`, { setting });
}
