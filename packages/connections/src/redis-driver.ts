import type { RedisClientType } from 'redis';
import { invalid } from './coded.ts';
import { fullJitter } from './jitter.ts';
import { endWith } from './redis-abort.ts';
import { findPrimary, requirePrimary } from './redis-sentinel.ts';
import type { RedisLimits, RedisOptions, RedisTarget, TlsOptions } from './redis-settings.ts';
import type { ResourceDriver } from './resource.ts';
import { reveal } from './secret.ts';

/** The client of `redis` with its whole, typed command set. */
export type RedisClient = RedisClientType;

/** What a client of one server and one of a cluster have in common. */
export interface AnyClient {
  on(event: string, listener: (...values: never[]) => void): unknown;
  connect(): Promise<unknown>;
  close(): unknown;
  destroy(): void;
}

/**
 * Opens clients of `redis` by the settings of one connection: of one server, of the primary that
 * sentinels name, or of a cluster.
 *
 * @param options - The settings, already checked.
 */
export function redisDriver(
  options: RedisOptions,
  target: RedisTarget,
  limits: RedisLimits,
): ResourceDriver<RedisClient> {
  return {
    load: library,
    async open({ lost, signal }) {
      const redis = await library();
      const { sentinel } = options;
      const at =
        sentinel === undefined
          ? target
          : await findPrimary(redis, sentinel, limits.connectTimeoutMs, signal);
      const client = createClient(redis, options, { ...target, ...at }, limits);
      endWith(signal, client);
      client.on('error', (error: Error) => {
        // A cluster client mends the loss of a node itself.
        if (options.cluster === undefined) lost(error);
      });
      const opened = client as unknown as RedisClient;
      try {
        await client.connect();
        // A server that loads its data accepts connections, but no commands yet.
        await ping(opened);
        if (sentinel !== undefined) await requirePrimary(opened);
      } catch (error) {
        client.destroy();
        throw isMissingDatabase(error) ? missingDatabase(target.database, error) : error;
      }
      return opened;
    },
    check: (client) => ping(client),
    // The primary became a replica; the address may lead to the new primary by now.
    misplaced: (error) =>
      options.cluster === undefined &&
      error instanceof Error &&
      error.message.startsWith('READONLY'),
    reset: (client) => {
      if (!(client as unknown as { isWatching?: boolean }).isWatching) return true;
      return client.unwatch().then(() => true);
    },
    close: async (client) => {
      await client.close();
    },
    destroy: (client) => client.destroy(),
  };
}

/** The library; its import takes 100 ms, so it waits for the first use. */
function library(): Promise<typeof import('redis')> {
  return import('redis');
}

async function ping(client: RedisClient): Promise<void> {
  await client.ping();
}

/** Redis has no code of its own for this. */
function isMissingDatabase(error: unknown): boolean {
  return error instanceof Error && /^ERR (DB index|invalid DB index)/.test(error.message);
}

function missingDatabase(database: number, cause: unknown): Error {
  const message = `Redis has no database ${database}: choose a smaller index, or raise "databases" in its configuration.`;
  return invalid(message, { database }, cause);
}

function createClient(
  redis: typeof import('redis'),
  options: RedisOptions,
  target: RedisTarget,
  limits: RedisLimits,
): AnyClient {
  const socket = socketOptions(options, target, limits);
  const shared = {
    ...(options.clientName !== undefined && { name: options.clientName }),
    ...credentials(options, target),
    disableOfflineQueue: true,
  };
  // An AbortSignal per command would cost more than the command.
  const commandOptions = { timeout: 0 };
  if (options.cluster !== undefined) {
    return redis.createCluster({
      rootNodes: options.cluster.map((address) => ({ socket: { ...address } })),
      commandOptions,
      defaults: { ...shared, socket: { ...socket, reconnectStrategy: retry(limits) } as never },
      useReplicas: false,
    }) as unknown as AnyClient;
  }
  const place =
    target.path === undefined ? { host: target.host, port: target.port } : { path: target.path };
  return redis.createClient({
    ...shared,
    commandOptions,
    database: target.database,
    // A lost connection is opened again by the manager, with its deadline and its jitter.
    socket: { ...place, ...socket, reconnectStrategy: false } as never,
  }) as unknown as AnyClient;
}

function retry(limits: RedisLimits): (retries: number) => number {
  return (retries) => Math.round(fullJitter(retries + 1, limits.maxRetryDelayMs));
}

function socketOptions(
  options: RedisOptions,
  target: RedisTarget,
  limits: RedisLimits,
): Record<string, unknown> {
  const common = { connectTimeout: limits.connectTimeoutMs };
  if (!target.tls) return common;
  const tls: TlsOptions = typeof options.tls === 'object' ? options.tls : {};
  return {
    ...common,
    tls: true,
    ...tls,
    ...(tls.key !== undefined && { key: reveal(tls.key) }),
  };
}

function credentials(options: RedisOptions, target: RedisTarget): Record<string, unknown> {
  const { password } = options;
  const username = target.username;
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
