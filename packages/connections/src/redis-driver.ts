import { invalid } from './coded.ts';
import { fullJitter } from './jitter.ts';
import { endWith } from './redis-abort.ts';
import { makeClient, type RedisClient } from './redis-client.ts';
import { openPrimary, requirePrimary } from './redis-sentinel.ts';
import type { RedisLimits, RedisOptions, RedisTarget, TlsOptions } from './redis-settings.ts';
import type { ResourceDriver } from './resource.ts';
import { reveal } from './secret.ts';

export type { RedisClient } from './redis-client.ts';

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
  /** Opens a client of one server, or of the cluster. */
  async function open(
    redis: typeof import('redis'),
    at: RedisTarget,
    lost: (error?: unknown) => void,
    signal: AbortSignal,
  ): Promise<RedisClient> {
    const client = createClient(redis, options, at, limits);
    endWith(signal, client);
    let isOpen = false;
    let failure: Error | undefined;
    client.on('error', (error: Error) => {
      // A cluster client mends the loss of a node itself.
      if (options.cluster !== undefined) return;
      failure = error;
      // Of several servers that are tried at once, one that fails is not the one that was opened.
      if (isOpen) lost(error);
    });
    const opened = client as unknown as RedisClient;
    try {
      await client.connect();
      // A server that loads its data accepts connections, but no commands yet.
      await ping(opened);
      if (options.sentinel !== undefined) await requirePrimary(opened);
      if (failure !== undefined) throw failure;
    } catch (error) {
      client.destroy();
      throw isMissingDatabase(error) ? missingDatabase(target.database, error) : error;
    }
    isOpen = true;
    return opened;
  }

  return {
    load: library,
    async open({ lost, signal }) {
      const redis = await library();
      const { sentinel } = options;
      if (sentinel === undefined) return await open(redis, target, lost, signal);
      return await openPrimary(redis, sentinel, limits.connectTimeoutMs, signal, (at, end) =>
        open(redis, { ...target, ...at, path: undefined }, lost, end),
      );
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
  if (options.cluster !== undefined) {
    return redis.createCluster({
      rootNodes: options.cluster.map((address) => ({ socket: { ...address } })),
      // An AbortSignal per command would cost more than the command.
      commandOptions: { timeout: 0 },
      defaults: { ...shared, socket: { ...socket, reconnectStrategy: retry(limits) } as never },
      useReplicas: false,
    }) as unknown as AnyClient;
  }
  const place =
    target.path === undefined ? { host: target.host, port: target.port } : { path: target.path };
  return makeClient(redis, {
    ...shared,
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
