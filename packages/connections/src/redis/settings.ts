import { optionError } from '@map/errors/kernel';
import type { SecretLike } from '@map/redaction';
import { isArray, isObject } from '@map/redaction/kernel';
import type {
  RedisClientOptions,
  RedisClusterOptions,
  RedisFunctions,
  RedisScripts,
} from '@redis/client';
import {
  checkInteger,
  checkMs,
  checkOptions,
  checkType,
  isSecretLike,
  isString,
} from '../core/check-options.ts';
import { configError } from '../core/errors.ts';
import type { PoolOptions } from '../pool/settings.ts';
import { checkModules, type ModuleOptions } from './modules.ts';

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
  /** Name that is sent to the server (SNI) and that its certificate must carry; the host by default. */
  readonly servername?: string;
  /** Set to false to trust any certificate; for development only. */
  readonly rejectUnauthorized?: boolean;
}

/** The sentinels of a primary. */
export interface SentinelOptions {
  /** Name by which the sentinels know the primary. */
  readonly primary: string;
  readonly nodes: readonly Address[];
  readonly username?: string;
  readonly password?: SecretLike;
}

/** How to reach Redis, and within which limits; all times in milliseconds. */
export interface RedisOptions {
  /**
   * `redis://` or `valkey://`, `rediss://` or `valkeys://` (TLS), or `unix://`;
   * `redis://localhost:6379/0` by default.
   */
  readonly url?: SecretLike;
  /** ACL user. */
  readonly username?: string;
  /** Password, or a function that is called for it before every attempt to connect. */
  readonly password?: SecretLike | (() => SecretLike | Promise<SecretLike>);
  /** Database index. */
  readonly database?: number;
  /** Name shown by `CLIENT LIST`. */
  readonly clientName?: string;
  readonly tls?: boolean | TlsOptions;
  /** Seed nodes of a cluster; the URL then gives credentials and TLS only. */
  readonly cluster?: readonly Address[];
  /** How to reach cluster nodes that announce addresses of another network. */
  readonly nodeAddressMap?: RedisClusterOptions['nodeAddressMap'];
  /** Sentinels and the name of the primary that they watch. */
  readonly sentinel?: SentinelOptions;
  /** Protocol version; by default 3, or 2 for a server that does not know `HELLO`. */
  readonly RESP?: 2 | 3;
  /** Commands of modules, such as `{ json }` of `@redis/json`, as members of the client. */
  readonly modules?: ModuleOptions;
  /** Lua scripts, as methods of the client; see node-redis' `defineScript`. */
  readonly scripts?: RedisScripts;
  /** Functions by library, as members of the client. */
  readonly functions?: RedisFunctions;
  /** Client-side cache of the shared connection; needs protocol version 3. */
  readonly clientSideCache?: RedisClientOptions['clientSideCache'];
  /** Limit for one attempt to connect; 2,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Limit for one command, including queueing and the reply; 5,000 by default. */
  readonly commandTimeoutMs?: number;
  /** Longest delay between two attempts to connect while a caller waits; 250 by default. */
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

const known: ReadonlySet<string> = new Set([
  ...['url', 'username', 'password', 'database', 'clientName', 'tls', 'cluster', 'sentinel'],
  ...['RESP', 'modules', 'scripts', 'functions', 'clientSideCache', 'nodeAddressMap'],
  ...['connectTimeoutMs', 'commandTimeoutMs', 'maxRetryDelayMs', 'maxQueued', 'pool'],
]);

/** The names of these options in node-redis, ioredis and others. */
const remedies: Readonly<Record<string, string>> = {
  host: "url: 'redis://host:6379/0'",
  port: "url: 'redis://host:6379/0'",
  path: "url: 'unix:///path'",
  socket: "url: 'redis://host:6379/0'",
  db: 'database',
  user: 'username',
  name: 'clientName',
  connectionName: 'clientName',
  connectTimeout: 'connectTimeoutMs',
  commandTimeout: 'commandTimeoutMs',
  timeout: 'commandTimeoutMs',
  timeoutMs: 'commandTimeoutMs',
  commandsQueueMaxLength: 'maxQueued',
  sentinels: 'sentinel: { primary, nodes }',
  rootNodes: 'cluster: [{ host, port }]',
  nodes: 'cluster: [{ host, port }]',
  max: 'pool: { max }',
  protocol: 'RESP',
};

const tlsOptions: ReadonlySet<string> = new Set([
  ...['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'],
]);
const sentinelOptions: ReadonlySet<string> = new Set(['primary', 'nodes', 'username', 'password']);
const sentinelRemedies = { name: 'primary', master: 'primary', sentinels: 'nodes' };

/**
 * Checks the options of a Redis connection, except for the URL, and fills in the limits.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 */
export function redisLimits(name: string, options: RedisOptions): RedisLimits {
  const where = `redis connection "${name}"`;
  checkOptions(where, options, known, remedies);
  const isObject = (value: unknown): boolean => typeof value === 'object';
  const isPassword = (value: unknown): boolean =>
    isSecretLike(value) || typeof value === 'function';
  checkType(where, 'url', options.url, isSecretLike, 'a string or a secret');
  checkType(where, 'username', options.username, isString, 'a string');
  checkType(where, 'clientName', options.clientName, isString, 'a string');
  checkType(where, 'password', options.password, isPassword, 'a string, a secret or a function');
  checkType(where, 'RESP', options.RESP, (value) => value === 2 || value === 3, '2 or 3');
  checkModules(where, options.modules);
  checkType(where, 'scripts', options.scripts, isObject, 'an object of scripts');
  checkType(where, 'functions', options.functions, isObject, 'an object of libraries');
  checkType(where, 'clientSideCache', options.clientSideCache, isObject, 'an object');
  checkTls(where, options.tls);
  checkTopology(where, options);
  if (options.clientSideCache !== undefined && options.RESP === 2) {
    throw configError(`\`clientSideCache\` of ${where} needs protocol version 3: omit \`RESP\`.`);
  }
  return {
    connectTimeoutMs: checkMs(where, 'connectTimeoutMs', options.connectTimeoutMs ?? 2_000),
    commandTimeoutMs: checkMs(where, 'commandTimeoutMs', options.commandTimeoutMs ?? 5_000),
    maxRetryDelayMs: checkMs(where, 'maxRetryDelayMs', options.maxRetryDelayMs ?? 250),
    maxQueued: checkInteger(where, 'maxQueued', options.maxQueued ?? 1_000, 0),
  };
}

function checkTls(where: string, tls: RedisOptions['tls']): void {
  if (tls === undefined || tls === null || typeof tls === 'boolean') return;
  checkType(where, 'tls', tls, (value) => typeof value === 'object', 'true, false or an object');
  checkOptions(`tls of ${where}`, tls, tlsOptions);
  const isPem = (value: unknown): boolean => [value].flat().every(isString);
  checkType(where, 'tls.ca', tls.ca, isPem, 'a PEM string or an array of them');
  checkType(where, 'tls.cert', tls.cert, isString, 'a PEM string');
  checkType(where, 'tls.key', tls.key, isSecretLike, 'a PEM string or a secret');
  checkType(where, 'tls.servername', tls.servername, isString, 'a string');
  const isFlag = (value: unknown): boolean => typeof value === 'boolean';
  checkType(where, 'tls.rejectUnauthorized', tls.rejectUnauthorized, isFlag, 'true or false');
}

function checkTopology(where: string, { cluster, nodeAddressMap, sentinel }: RedisOptions): void {
  if (cluster !== undefined && sentinel !== undefined) {
    throw configError(`${where} must have either \`cluster\` or \`sentinel\`, got both.`);
  }
  if (cluster !== undefined) checkAddresses(where, 'cluster', cluster);
  const isMap = (value: unknown): boolean => /^(function|object)$/.test(typeof value);
  checkType(where, 'nodeAddressMap', nodeAddressMap, isMap, 'an object or a function');
  if (sentinel === undefined) return;
  checkOptions(`sentinel of ${where}`, sentinel, sentinelOptions, sentinelRemedies);
  checkAddresses(where, 'sentinel.nodes', sentinel.nodes);
  checkType(where, 'sentinel.password', sentinel.password, isSecretLike, 'a string or a secret');
  if (isString(sentinel.primary) && sentinel.primary !== '') return;
  throw optionError('sentinel.primary', 'the name of the primary', sentinel.primary, { of: where });
}

const addressOptions: ReadonlySet<string> = new Set(['host', 'port']);

function checkAddresses(where: string, option: string, nodes: readonly Address[]): void {
  if (!isArray(nodes) || nodes.length === 0) {
    throw optionError(option, 'a list of at least one { host, port }', nodes, { of: where });
  }
  for (const [index, node] of nodes.entries()) {
    const name = `${option}[${index}]`;
    if (!isObject(node)) throw optionError(name, '{ host, port }', node, { of: where });
    checkOptions(`${name} of ${where}`, node, addressOptions);
    const { host, port }: Partial<Address> = node;
    if (!isString(host) || host === '') {
      throw optionError(`${name}.host`, 'a host name or an address', host, { of: where });
    }
    const isPort = Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
    if (!isPort) {
      throw optionError(`${name}.port`, 'an integer from 1 to 65535', port, { of: where });
    }
  }
}
