import { fullJitter } from '@map/errors/core';
import { reveal } from '@map/redaction';
import { readString, valueAtOnce } from '@map/redaction/kernel';
import { isIP } from '../core/built-ins.ts';
import type { OpenContext, ResourceDriver } from '../core/driver.ts';
import { configError } from '../core/errors.ts';
import { destroyOnAbort } from './abort.ts';
import {
  type ClientShape,
  clientFactory,
  loadRedis,
  type Redis,
  type RedisClient,
} from './client.ts';
import { type Handshake, Handshakes, handshakeOptions } from './handshake.ts';
import { commandsOf } from './modules.ts';
import { ping } from './ping.ts';
import { openPrimary, requirePrimary } from './sentinel.ts';
import type { RedisLimits, RedisOptions, TlsOptions } from './settings.ts';
import type { RedisTarget } from './target.ts';

/** The common interface of a client of one server and of a cluster. */
interface AnyClient {
  on(event: string, listener: (...values: never[]) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

/**
 * Opens clients of node-redis by the options of one connection: of one server, of the primary that
 * sentinels name, or of a cluster.
 *
 * @param options - The options, already checked.
 */
export function redisDriver(
  options: RedisOptions,
  target: RedisTarget,
  limits: RedisLimits,
): ResourceDriver<RedisClient> {
  const { clientName, cluster, functions, scripts, sentinel } = options;
  const modules = commandsOf(options.modules);
  const handshakes = new Handshakes(options.RESP, [
    ...(clientName === undefined ? [] : ['CLIENT SETNAME (omit `clientName`)']),
    ...(target.database === 0 ? [] : [`SELECT ${target.database} (use database 0)`]),
    'PING',
  ]);

  async function open(
    handshake: Handshake,
    at: RedisTarget,
    lost: (error?: unknown) => void,
    signal: AbortSignal,
  ): Promise<RedisClient> {
    const redis = await loadRedis();
    const shape = { ...handshake, functions, modules, scripts };
    const client = createClient(redis, options, shape, at, limits);
    destroyOnAbort(signal, client);
    let isOpen = false;
    let failure: Error | undefined;
    let nodeFailure: Error | undefined;
    client.on('error', (error: Error) => {
      // A cluster client handles the loss of a node itself.
      if (cluster !== undefined) {
        nodeFailure = error;
        return;
      }
      failure = error;
      // Of several servers that are tried at once, one that fails is not the one that was opened.
      if (isOpen) lost(error);
    });
    const opened = client as unknown as RedisClient;
    try {
      await client.connect();
      // A server that loads its data accepts connections, but no commands yet.
      await ping(opened);
      if (sentinel !== undefined) await requirePrimary(opened);
      if (failure !== undefined) throw failure;
    } catch (error) {
      client.destroy();
      if (isMissingDatabase(error)) throw missingDatabaseError(target.database, error);
      // The error of a cluster that cannot be opened does not say why.
      if (nodeFailure !== undefined) throw nodeFailure;
      throw at.path === undefined ? error : await socketError(at.path, error);
    }
    isOpen = true;
    return opened;
  }

  async function openAny(
    handshake: Handshake,
    { lost, signal }: OpenContext,
  ): Promise<RedisClient> {
    if (sentinel === undefined) return await open(handshake, target, lost, signal);
    const make = clientFactory(await loadRedis(), handshake);
    return await openPrimary(make, sentinel, limits.connectTimeoutMs, signal, (at, end) =>
      open(handshake, { ...target, ...at, path: undefined }, lost, end),
    );
  }

  return {
    load: loadRedis,
    open: (context) =>
      handshakes.open(
        (handshake) => openAny(handshake, context),
        (client) => client.destroy(),
        context.signal,
      ),
    check: ping,
    // The primary became a replica; the address may now belong to the new primary.
    misplaced: (error) =>
      cluster === undefined && error instanceof Error && error.message.startsWith('READONLY'),
    reset: (client) => (client.isWatching ? client.unwatch().then(() => true) : true),
    close: async (client) => {
      await client.close();
    },
    destroy: (client) => client.destroy(),
  };
}

/** Redis has no error code for this. */
function isMissingDatabase(error: unknown): boolean {
  return error instanceof Error && /^ERR (DB index|invalid DB index)/.test(error.message);
}

function missingDatabaseError(database: number, cause: unknown): Error {
  const message = `Redis has no database ${database}: choose a smaller index, or raise "databases" in its configuration.`;
  return configError(message, { database }, cause);
}

/**
 * A socket that is missing from its directory may appear with its server; one within a file, or in
 * a directory that does not exist, is a mistake in the path, which retrying cannot fix.
 */
async function socketError(path: string, error: unknown): Promise<unknown> {
  const { stat } = process.getBuiltinModule('node:fs/promises');
  const { basename, dirname } = process.getBuiltinModule('node:path');
  const code = readString(error, 'code');
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return error;
  const directory = dirname(path);
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return error;
  const why = found === undefined ? 'does not exist' : 'is not a directory';
  const index = basename(path);
  const remedy = /^\d+$/.test(index)
    ? ` Write the database as unix://${directory}?db=${index}, or use the \`database\` option.`
    : '';
  const message = `Redis has no socket at ${path}: ${directory} ${why}.${remedy}`;
  return configError(message, { option: 'url' }, error);
}

function createClient(
  redis: Redis,
  options: RedisOptions,
  shape: ClientShape,
  target: RedisTarget,
  limits: RedisLimits,
): AnyClient {
  const { clientName, clientSideCache, cluster, nodeAddressMap } = options;
  const socket = socketOptions(options, target, limits);
  const shared = {
    ...(clientName !== undefined && { name: clientName }),
    ...credentials(options, target),
    disableOfflineQueue: true,
    ...handshakeOptions(shape),
  };
  if (cluster !== undefined) {
    const { functions, modules, RESP, scripts } = shape;
    return redis.createCluster({
      rootNodes: cluster.map((address) => ({ socket: { ...address } })),
      // An AbortSignal per command would cost more than the command.
      commandOptions: { timeout: 0 },
      defaults: { ...shared, socket: { ...socket, reconnectStrategy: retry(limits) } as never },
      useReplicas: false,
      ...(RESP === 2 && { RESP }),
      ...(modules !== undefined && { modules }),
      ...(scripts !== undefined && { scripts }),
      ...(functions !== undefined && { functions }),
      ...(nodeAddressMap !== undefined && { nodeAddressMap: addressesAtOnce(nodeAddressMap) }),
      ...(clientSideCache !== undefined && { clientSideCache: clientSideCache as never }),
    }) as unknown as AnyClient;
  }
  const place =
    target.path === undefined ? { host: target.host, port: target.port } : { path: target.path };
  return clientFactory(
    redis,
    shape,
  )({
    ...shared,
    database: target.database,
    ...(clientSideCache !== undefined && { clientSideCache }),
    // A lost connection is opened again by the manager, with its deadline and its jitter.
    socket: { ...place, ...socket, reconnectStrategy: false } as never,
  }) as unknown as AnyClient;
}

function retry(limits: RedisLimits): (retries: number) => number {
  return (retries) => Math.round(fullJitter(retries + 1, limits.maxRetryDelayMs));
}

function socketOptions(
  options: RedisOptions,
  { host, path, tls: isSecure }: RedisTarget,
  limits: RedisLimits,
): Record<string, unknown> {
  const common = { connectTimeout: limits.connectTimeoutMs };
  if (!isSecure) return common;
  const tls: TlsOptions = typeof options.tls === 'object' ? options.tls : {};
  // Unlike `node:https`, `node:tls` sends no server name by itself; cluster nodes have their own.
  const isNamed = options.cluster === undefined && path === undefined && isIP(host) === 0;
  return {
    ...common,
    tls: true,
    ...(isNamed && { servername: host }),
    ...tls,
    ...(tls.key !== undefined && { key: reveal(tls.key) }),
  };
}

function credentials(options: RedisOptions, target: RedisTarget): Record<string, unknown> {
  const { password } = options;
  const { username } = target;
  if (typeof password === 'function') {
    return {
      credentialsProvider: {
        type: 'async-credentials-provider',
        credentials: async () => ({ username, password: reveal(await password()) }),
      },
    };
  }
  const text = password === undefined ? target.password : reveal(password);
  return {
    ...(username !== undefined && { username }),
    ...(text !== undefined && { password: text }),
  };
}

type AddressMap = NonNullable<RedisOptions['nodeAddressMap']>;

/** A promise of node-redis' map would be taken for an address: that of localhost. */
function addressesAtOnce(map: AddressMap): AddressMap {
  return typeof map === 'function' ? (address) => valueAtOnce(map(address)) : map;
}
