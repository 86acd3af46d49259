import type { RedisClientType } from 'redis';
import { fullJitter } from './jitter.ts';
import type { RedisLimits, RedisOptions, RedisTarget, TlsOptions } from './redis-settings.ts';
import type { ResourceDriver } from './resource.ts';
import { reveal } from './secret.ts';

/** The client of `redis` with its whole, typed command set. */
export type RedisClient = RedisClientType;

/** What the three kinds of client of `redis` have in common. */
export interface AnyClient {
  on(event: string, listener: (...values: never[]) => void): unknown;
  connect(): Promise<unknown>;
  close(): unknown;
  destroy(): void;
}

/**
 * Opens clients of `redis` by the settings of one connection: a single server, a cluster or a
 * primary behind sentinels.
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
      const client = createClient(await library(), options, target, limits);
      // An attempt that was given up would otherwise wait for its handshake for ever.
      signal.addEventListener('abort', () => client.destroy(), { once: true });
      client.on('error', (error: Error) => {
        // A cluster and a sentinel client mend the loss of a node themselves.
        if (options.cluster === undefined && options.sentinel === undefined) lost(error);
      });
      try {
        await client.connect();
        // A server that loads its data accepts connections, but no commands yet.
        await ping(client as unknown as RedisClient);
      } catch (error) {
        client.destroy();
        throw error;
      }
      return client as unknown as RedisClient;
    },
    check: (client) => ping(client),
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
  if (options.sentinel !== undefined) {
    const { primary, nodes, username, password } = options.sentinel;
    return redis.createSentinel({
      name: primary,
      commandOptions,
      sentinelRootNodes: nodes.map((address) => ({ ...address })),
      nodeClientOptions: {
        ...shared,
        database: target.database,
        socket: { ...socket, reconnectStrategy: retry(limits) } as never,
      },
      sentinelClientOptions: {
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: reveal(password) }),
        socket: { reconnectStrategy: retry(limits) },
      },
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
