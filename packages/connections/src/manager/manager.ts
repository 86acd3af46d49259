import {
  checkBounds,
  checkCallOptions,
  checkFlag,
  checkFunction,
  checkTimeout,
} from '../core/check-options.ts';
import type { CloseCounts, Connection, ConnectionStats } from '../core/connection.ts';
import { argumentError } from '../core/errors.ts';
import { type Report, reporter } from '../core/observer.ts';
import type { ManagedFetch } from '../fetch/request/limits.ts';
import type { HttpClient } from '../http/client.ts';
import { HttpConnection } from '../http/connection.ts';
import type { HttpOptions } from '../http/settings.ts';
import {
  type ConnectionType,
  CustomConnection,
  type RegisteredConnection,
} from '../pool/custom-connection.ts';
import type { Lease } from '../pool/lease.ts';
import type { RedisClient } from '../redis/client.ts';
import { RedisConnection } from '../redis/connection.ts';
import type { RedisOptions } from '../redis/settings.ts';
import type {
  BufferListener,
  Listener,
  MessageListener,
  Subscription,
  Topic,
} from '../redis/subscriber.ts';
import { examineAll, type HealthReport } from './health.ts';
import {
  type ConnectionManagerOptions,
  checkManagerOptions,
  closeOptions,
  healthOptions,
  registeredUseOptions,
  type SubscribeOptions,
  subscribeOptions,
  type UseOptions,
  useOptions,
  type WarmClient,
} from './options.ts';
import { type CloseReport, Slots } from './slots.ts';

const nameOption: ReadonlySet<string> = new Set(['name']);

/**
 * Named connections: opened on first use, bounded by deadlines, observed, and closed together.
 *
 * @example
 * ```ts
 * import { ConnectionManager } from '@map/connections';
 *
 * const manager = new ConnectionManager({ redis: { url: 'redis://localhost:6379/0' } });
 * const value = await manager.redisConnection((redis) => redis.get('key'));
 * await manager.closeAllConnections();
 * ```
 */
export class ConnectionManager {
  readonly #slots: Slots = new Slots();
  readonly #options: ConnectionManagerOptions;
  readonly #report: Report;

  /**
   * Prepares the connections; nothing is opened yet.
   *
   * @param options - Options of the connections named `redis` and `http`, observer and logger.
   * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
   */
  constructor(options: ConnectionManagerOptions = {}) {
    checkManagerOptions(options);
    this.#options = options;
    this.#report = reporter(options.observer);
    const url = process.env['REDIS_URL']?.trim();
    this.addRedis('redis', { ...(url ? { url } : {}), ...options.redis });
    this.addHttp('http', options.http ?? {});
  }

  /**
   * Adds a named Redis.
   *
   * @throws BaseError `CONFIG_INVALID_3002` if the name is taken or an option cannot be used.
   */
  addRedis(name: string, options: RedisOptions): void {
    const { logger } = this.#options;
    this.#slots.add(name, () => new RedisConnection(name, options, this.#report, logger));
  }

  /**
   * Adds a named HTTP client.
   *
   * @throws BaseError `CONFIG_INVALID_3002` if the name is taken or an option cannot be used.
   */
  addHttp(name: string, options: HttpOptions): void {
    const { traceHeaders } = this.#options;
    this.#slots.add(name, () => new HttpConnection(name, options, this.#report, traceHeaders));
  }

  /**
   * Adds a connection of your own type.
   *
   * @param name - Name for reports, health and `close(name)`.
   * @param type - How one connection is opened, checked and closed.
   * @returns The way to use it, typed as what `open` resolves with.
   * @throws BaseError `CONFIG_INVALID_3002` if the name is taken or an option cannot be used.
   */
  register<T>(name: string, type: ConnectionType<T>): RegisteredConnection<T> {
    const { logger } = this.#options;
    this.#slots.add(name, () => new CustomConnection(name, type, this.#report, logger));
    const find = (): CustomConnection<T> => this.#slots.find(name) as CustomConnection<T>;
    return {
      name,
      use: async (work, options) => {
        checkFunction('work', work);
        return await find().use(work, checkBounds(options, registeredUseOptions));
      },
      acquire: async (bounds) => await find().acquire(checkBounds(bounds)),
    };
  }

  /**
   * Runs work over the shared Redis connection; a shutdown waits for it.
   *
   * @param work - Receives a client with the whole command set, except for commands that block or
   * change the connection itself: those need `acquireRedis`.
   * @param options - Name, signal and limit of the whole.
   * @returns What the work returns.
   * @throws BaseError with the code of what failed.
   */
  redisConnection<R, C = RedisClient>(
    work: (redis: C) => PromiseLike<R> | R,
    options?: UseOptions,
  ): Promise<R> {
    try {
      checkFunction('work', work);
      const bounds = checkBounds(options, useOptions);
      return this.#redis(options).use(work as (redis: unknown) => PromiseLike<R> | R, bounds);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Leases your own Redis connection, for blocking and transactional work.
   *
   * @param options - Name, signal and limit of everything done with the lease.
   * @returns A lease, for `await using`.
   * @throws BaseError `POOL_EXHAUSTED_9006` if none was free in time.
   */
  async acquireRedis<C = RedisClient>(options?: UseOptions): Promise<Lease<C>> {
    const bounds = checkBounds(options, useOptions);
    return (await this.#redis(options).acquire(bounds)) as unknown as Lease<C>;
  }

  /**
   * Resolves with the shared Redis connection, open; it reconnects by itself and may be kept.
   *
   * @throws BaseError with the code of the reason why it did not open.
   */
  async getRedisConnection<C = RedisClient>(options?: UseOptions): Promise<C> {
    const bounds = checkBounds(options, useOptions);
    return (await this.#redis(options).get(bounds)) as unknown as C;
  }

  /**
   * Listens to messages, also after the connection was lost and opened again; messages published in
   * between are missed.
   *
   * @param channel - Channel, or a pattern such as `news.*` with `pattern: true`.
   * @param listener - Called with message and channel, in the async context of this call.
   * @param options - Name of the Redis, and how to listen.
   * @returns The subscription, for `await using`.
   * @throws BaseError `VALIDATION_ERROR_3500` for an argument that cannot be used.
   */
  async subscribe(
    channel: string,
    listener: BufferListener,
    options: SubscribeOptions & { readonly buffers: true },
  ): Promise<Subscription>;
  async subscribe(
    channel: string,
    listener: MessageListener,
    options?: SubscribeOptions,
  ): Promise<Subscription>;
  async subscribe(
    channel: string,
    listener: Listener,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    checkFunction('listener', listener);
    checkCallOptions(options, subscribeOptions);
    const { buffers = false, name = 'redis', pattern = false, sharded = false } = options;
    for (const flag of Object.entries({ buffers, pattern, sharded })) checkFlag(...flag);
    if (typeof channel !== 'string' || channel === '') {
      throw argumentError(
        '`channel` must be a non-empty string (a channel name, or a pattern with { pattern: true }).',
      );
    }
    if (pattern && sharded) {
      throw argumentError('`pattern` and `sharded` exclude each other: shards have no patterns.');
    }
    const type = pattern ? 'pattern' : sharded ? 'shard' : 'channel';
    const topic: Topic = { channel, type, asBuffer: buffers };
    return await this.#redis({ name }).subscribe(topic, listener);
  }

  /**
   * Runs work with an HTTP client; a shutdown waits for its requests.
   *
   * @param work - Receives a client with the whole interface of got.
   * @param options - Name, signal and limit of the whole.
   * @returns What the work returns.
   * @throws BaseError with the code of what failed.
   */
  httpSession<R>(work: (http: HttpClient) => PromiseLike<R> | R, options?: UseOptions): Promise<R> {
    try {
      checkFunction('work', work);
      const bounds = checkBounds(options, useOptions);
      return this.#http(options).use(work, bounds);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Resolves with the shared HTTP client; it may be kept. */
  async getHttpClient(options?: UseOptions): Promise<HttpClient> {
    return await this.#http(options).get(checkBounds(options, useOptions));
  }

  /**
   * Returns a `fetch` over a named HTTP connection, for model SDKs and everything else that takes one.
   *
   * It shares the settings, limits, counts, health and shutdown of the connection. A status is a
   * response, never an error; what fails rejects with a coded error, which keeps its code inside the
   * errors of SDKs that wrap it. undici is loaded with the first call.
   *
   * @param options - `name` of the connection; `http` by default.
   * @returns A function like the platform's; its `init` also takes `limits` of the call.
   * @throws BaseError `VALIDATION_ERROR_3500` for a name that does not exist.
   *
   * @example
   * ```ts
   * import { ConnectionManager } from '@map/connections';
   *
   * const manager = new ConnectionManager();
   * manager.addHttp('openai', { origin: 'llm', idleTimeoutMs: 20_000 });
   * const fetch = manager.getFetch({ name: 'openai' });
   * await fetch('data:,hello').then((response) => response.text()); // 'hello'
   * await manager.closeAllConnections();
   * ```
   */
  getFetch(options: { readonly name?: string } = {}): ManagedFetch {
    checkCallOptions(options, nameOption);
    return this.#http(options).fetch;
  }

  /**
   * Loads what a connection needs before its first use, which would take tens of milliseconds
   * longer; a Redis is also opened.
   *
   * @param client - `redis`; `http` for the client of got; `fetch` for `getFetch()`.
   * @param options - Name, signal and limit.
   * @throws BaseError with the code of what failed.
   *
   * @example
   * ```ts
   * import { ConnectionManager } from '@map/connections';
   *
   * const manager = new ConnectionManager();
   * await manager.warmUp('fetch');
   * await manager.closeAllConnections();
   * ```
   */
  async warmUp(client: WarmClient, options?: UseOptions): Promise<void> {
    if (client === 'redis') await this.getRedisConnection(options);
    else if (client === 'http') await this.getHttpClient(options);
    else if (client === 'fetch') {
      checkBounds(options, useOptions);
      await this.#http(options).warmUpFetch();
    } else throw argumentError(`\`client\` must be redis, http or fetch, got ${String(client)}.`);
  }

  /** State and totals by name of the connection. */
  stats(): Record<string, ConnectionStats> {
    return Object.fromEntries(
      this.#slots.entries().map(([name, connection]) => [name, connection.stats()]),
    );
  }

  /**
   * Checks every connection that is in use.
   *
   * @param options - `timeoutMs` is the limit for each, in milliseconds, 1,000 by default; with
   * `open`, connections that were never used are opened and checked too; with `name`, only that
   * connection is checked.
   * @throws BaseError `VALIDATION_ERROR_3500` for a name that does not exist.
   */
  async health(
    options: { timeoutMs?: number; open?: boolean; name?: string } = {},
  ): Promise<HealthReport> {
    checkCallOptions(options, healthOptions);
    const { name, open = false } = options;
    checkFlag('open', open);
    const timeoutMs = checkTimeout(options.timeoutMs ?? 1_000);
    const chosen: [string, Connection][] =
      name === undefined ? this.#slots.entries() : [[name, this.#slots.find(name)]];
    return await examineAll(chosen, timeoutMs, open);
  }

  /**
   * Closes one connection: new work over what was taken from it is refused, accepted work may
   * complete. The next use of its name opens it again.
   *
   * @param options - `timeoutMs` is the limit for accepted work, 5,000 milliseconds by default.
   * @throws BaseError `VALIDATION_ERROR_3500` for a name that does not exist.
   */
  async close(name: string, options: { timeoutMs?: number } = {}): Promise<CloseCounts> {
    checkCallOptions(options, closeOptions);
    return await this.#slots.close(name, checkTimeout(options.timeoutMs ?? 5_000));
  }

  /**
   * Refuses new work, waits for accepted work, then closes everything; nothing keeps the process
   * alive afterwards.
   *
   * @param options - `timeoutMs` is the limit for accepted work, 5,000 milliseconds by default.
   * @returns How many operations completed and how many were aborted, in all and by name.
   */
  async closeAllConnections(options: { timeoutMs?: number } = {}): Promise<CloseReport> {
    checkCallOptions(options, closeOptions);
    return await this.#slots.closeAll(checkTimeout(options.timeoutMs ?? 5_000));
  }

  /** Whether the manager accepts no more work. */
  get closed(): boolean {
    return this.#slots.isClosed;
  }

  #redis(options: UseOptions | undefined): RedisConnection {
    const name = options?.name ?? 'redis';
    const connection = this.#slots.find(name);
    if (connection instanceof RedisConnection) return connection;
    throw argumentError(`Connection "${name}" is of kind ${connection.kind}, not redis.`);
  }

  #http(options: UseOptions | undefined): HttpConnection {
    const name = options?.name ?? 'http';
    const connection = this.#slots.find(name);
    if (connection instanceof HttpConnection) return connection;
    throw argumentError(`Connection "${name}" is of kind ${connection.kind}, not http.`);
  }
}
