import { badArgument, closed, coded, invalid } from './coded.ts';
import type { HttpClient } from './http-client.ts';
import { HttpConnection } from './http-connection.ts';
import type { HttpOptions } from './http-settings.ts';
import type { Lease } from './lease.ts';
import type { CloseCounts, ConnectionHealth, ConnectionStats, Managed } from './managed.ts';
import {
  type ConnectionEvent,
  type ConnectionObserver,
  type LoggerLike,
  reporter,
} from './observer.ts';
import { RedisConnection } from './redis-connection.ts';
import type { RedisClient } from './redis-driver.ts';
import type { RedisOptions } from './redis-settings.ts';
import type { MessageListener, Subscription } from './redis-subscriber.ts';
import { type ConnectionType, Registered, type RegisteredConnection } from './registered.ts';
import type { Bounds } from './scope.ts';
import { checkBounds, checkFunction, checkSettings, checkTimeout } from './validate.ts';

/** What a manager is made with. */
export interface ConnectionManagerOptions {
  /** The Redis named `redis`; by default the one of the environment variable `REDIS_URL`. */
  readonly redis?: RedisOptions;
  /** The HTTP client named `http`. */
  readonly http?: HttpOptions;
  /** Gets every operation, wait, open, close, error and leak. */
  readonly observer?: ConnectionObserver;
  /** Gets the warning about a lease that is not given back. */
  readonly logger?: LoggerLike;
  /** Gives the trace headers of outgoing HTTP requests. */
  readonly traceHeaders?: () => Record<string, string>;
}

/** Bounds of one use of a connection. */
export interface UseOptions extends Bounds {
  /** Name of the connection; `redis` or `http` by default. */
  readonly name?: string;
}

/** Which messages to listen to. */
export interface SubscribeOptions {
  /** Name of the Redis; `redis` by default. */
  readonly name?: string;
  /** Whether the channel is a pattern such as `news.*`; false by default. */
  readonly pattern?: boolean;
}

/** What a shutdown did. */
export interface CloseReport extends CloseCounts {
  readonly durationMs: number;
  /** The same by name. */
  readonly connections: Readonly<Record<string, CloseCounts>>;
}

/** What a health check found. */
export interface HealthReport {
  /** False when any connection is down. */
  readonly healthy: boolean;
  readonly connections: Readonly<Record<string, ConnectionHealth>>;
}

interface Slot {
  readonly make: () => Managed;
  managed: Managed;
}

/**
 * Named connections: opened on first use, bounded by deadlines, watched, and closed together.
 *
 * @example
 * import { ConnectionManager } from '@map/connections';
 *
 * const manager = new ConnectionManager({ redis: { url: 'redis://localhost:6379/0' } });
 * const value = await manager.redisConnection((redis) => redis.get('key'));
 * await manager.closeAllConnections();
 */
export class ConnectionManager {
  readonly #slots: Map<string, Slot> = new Map();
  readonly #options: ConnectionManagerOptions;
  readonly #report: ((event: ConnectionEvent) => void) | undefined;
  #closing: Promise<CloseReport> | undefined;

  /**
   * Prepares the connections; nothing is opened yet.
   *
   * @param options - Settings of the connections named `redis` and `http`, and who is told.
   * @throws BaseError `CONFIG_INVALID_3002` for a setting that cannot be used.
   */
  constructor(options: ConnectionManagerOptions = {}) {
    checkSettings('the connection manager', options);
    const { logger, observer, traceHeaders } = options;
    if (observer !== undefined) checkSettings('the observer', observer, ['observe']);
    if (logger !== undefined) checkSettings('the logger', logger, ['warn']);
    if (traceHeaders !== undefined) {
      checkSettings('the connection manager', options, ['traceHeaders']);
    }
    this.#options = options;
    this.#report = reporter(observer);
    const url = process.env['REDIS_URL'];
    this.addRedis('redis', { ...(url ? { url } : {}), ...options.redis });
    this.addHttp('http', options.http ?? {});
  }

  /**
   * Adds a named Redis.
   *
   * @throws BaseError `CONFIG_INVALID_3002` when the name is taken or a setting cannot be used.
   */
  addRedis(name: string, options: RedisOptions): void {
    checkSettings(`redis connection "${name}"`, options);
    const { logger } = this.#options;
    this.#add(name, () => new RedisConnection(name, options, this.#report, logger));
  }

  /**
   * Adds a named HTTP client.
   *
   * @throws BaseError `CONFIG_INVALID_3002` when the name is taken or a setting cannot be used.
   */
  addHttp(name: string, options: HttpOptions): void {
    checkSettings(`http client "${name}"`, options);
    const { traceHeaders } = this.#options;
    this.#add(name, () => new HttpConnection(name, options, this.#report, traceHeaders));
  }

  /**
   * Adds a connection of a type of your own.
   *
   * @param name - Name for reports, health and `close(name)`.
   * @param type - How one connection is opened, checked and closed.
   * @returns The way to use it, typed as what `open` gives.
   * @throws BaseError `CONFIG_INVALID_3002` when the name is taken or a setting cannot be used.
   */
  register<T>(name: string, type: ConnectionType<T>): RegisteredConnection<T> {
    checkSettings(`connection "${name}"`, type, ['open']);
    const { logger } = this.#options;
    this.#add(name, () => new Registered(name, type, this.#report, logger));
    return {
      name,
      use: async (work, options) => {
        checkFunction('work', work);
        return await this.#registered<T>(name).use(work, checkBounds(options));
      },
      acquire: async (bounds) => await this.#registered<T>(name).acquire(checkBounds(bounds)),
    };
  }

  /**
   * Runs work over the Redis connection that everybody shares; a shutdown waits for it.
   *
   * @param work - Gets a client with the whole command set, but for what blocks or changes the
   * connection itself: that needs `acquireRedis`.
   * @param options - Name, signal and limit of the whole.
   * @returns What the work returns.
   * @throws BaseError with the code of what failed.
   */
  redisConnection<R>(
    work: (redis: RedisClient) => PromiseLike<R> | R,
    options?: UseOptions,
  ): Promise<R> {
    try {
      checkFunction('work', work);
      return this.#redis(options).use(work, checkBounds(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Borrows a Redis connection of one's own, for blocking and transactional work.
   *
   * @param options - Name, signal and limit of everything done with the lease.
   * @returns A lease, for `await using`.
   * @throws BaseError `POOL_EXHAUSTED_9006` when none was free in time.
   */
  async acquireRedis(options?: UseOptions): Promise<Lease<RedisClient>> {
    return await this.#redis(options).acquire(checkBounds(options));
  }

  /**
   * Gives the Redis connection that everybody shares, open; it mends itself and may be kept.
   *
   * @throws BaseError with the code of what kept it from opening.
   */
  async getRedisConnection(options?: UseOptions): Promise<RedisClient> {
    return await this.#redis(options).get(checkBounds(options));
  }

  /**
   * Listens to messages, also after the connection was lost and found again; what is published in
   * between is missed.
   *
   * @param channel - Channel, or a pattern such as `news.*` with `pattern: true`.
   * @param listener - Called with message and channel, in the context of this call.
   * @returns The subscription, for `await using`.
   */
  async subscribe(
    channel: string,
    listener: MessageListener,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    checkFunction('listener', listener);
    if (typeof channel !== 'string' || channel === '') {
      throw badArgument('The channel is missing: give its name, or a pattern.');
    }
    const topic = { channel, isPattern: options.pattern ?? false };
    const name = options.name ?? 'redis';
    return await this.#redis({ name }).subscribe(topic, listener);
  }

  /**
   * Runs work with an HTTP client whose requests a shutdown waits for.
   *
   * @param work - Gets a client with the whole interface of got.
   * @param options - Name, signal and limit of the whole.
   * @returns What the work returns.
   * @throws BaseError with the code of what failed.
   */
  httpSession<R>(work: (http: HttpClient) => PromiseLike<R> | R, options?: UseOptions): Promise<R> {
    try {
      checkFunction('work', work);
      return this.#http(options).use(work, checkBounds(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Gives the HTTP client that everybody shares; it may be kept. */
  async getHttpClient(options?: UseOptions): Promise<HttpClient> {
    return await this.#http(options).get(checkBounds(options));
  }

  /** Counts by connection name. */
  stats(): Record<string, ConnectionStats> {
    return Object.fromEntries([...this.#slots].map(([name, slot]) => [name, slot.managed.stats()]));
  }

  /**
   * Asks every connection that is in use whether it works.
   *
   * @param options - `timeoutMs` is the limit for each, in milliseconds, 1,000 by default; with
   * `open`, connections that were never used are opened and asked too.
   */
  async health(options: { timeoutMs?: number; open?: boolean } = {}): Promise<HealthReport> {
    const timeoutMs = checkTimeout('timeoutMs', options.timeoutMs ?? 1_000);
    const examined = [...this.#slots].map(async ([name, { managed }]) => {
      const skip = managed.stats().state === 'idle' && options.open !== true;
      const { kind } = managed;
      return [name, skip ? { kind, status: 'idle' } : await examine(name, managed, timeoutMs)];
    });
    const connections: Record<string, ConnectionHealth> = Object.fromEntries(
      await Promise.all(examined),
    );
    const healthy = Object.values(connections).every(({ status }) => status !== 'down');
    return { healthy, connections };
  }

  /**
   * Closes one connection: new work over what was taken from it is refused, accepted work may
   * finish. The next use by name opens it anew.
   *
   * @param options - `timeoutMs` is the limit for accepted work, 5,000 milliseconds by default.
   * @throws BaseError `VALIDATION_ERROR_3500` for a name that does not exist.
   */
  async close(name: string, options: { timeoutMs?: number } = {}): Promise<CloseCounts> {
    const timeoutMs = checkTimeout('timeoutMs', options.timeoutMs ?? 5_000);
    const slot = this.#find(name);
    const { managed } = slot;
    slot.managed = slot.make();
    return await managed.close(timeoutMs);
  }

  /**
   * Refuses new work, lets accepted work finish, then closes everything; nothing is left that
   * would hold the process open.
   *
   * @param options - `timeoutMs` is the limit for accepted work, 5,000 milliseconds by default.
   * @returns How much work was completed and how much was given up, in all and by name.
   */
  async closeAllConnections(options: { timeoutMs?: number } = {}): Promise<CloseReport> {
    const timeoutMs = checkTimeout('timeoutMs', options.timeoutMs ?? 5_000);
    this.#closing ??= this.#closeAll(timeoutMs);
    return await this.#closing;
  }

  /** Whether the manager takes no more work. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  async #closeAll(timeoutMs: number): Promise<CloseReport> {
    const startedAt = performance.now();
    const closing = [...this.#slots].map(
      async ([name, { managed }]) => [name, await managed.close(timeoutMs)] as const,
    );
    const connections = Object.fromEntries(await Promise.all(closing));
    const all = Object.values(connections);
    return {
      completed: all.reduce((sum, { completed }) => sum + completed, 0),
      abandoned: all.reduce((sum, { abandoned }) => sum + abandoned, 0),
      durationMs: performance.now() - startedAt,
      connections,
    };
  }

  #add(name: string, make: () => Managed): void {
    if (this.#closing !== undefined) throw closed(name);
    if (typeof name !== 'string' || name === '') {
      throw invalid('A connection needs a name: give a text that is not empty.');
    }
    if (this.#slots.has(name)) {
      throw invalid(`A connection named "${name}" exists already: choose another name.`, { name });
    }
    this.#slots.set(name, { make, managed: make() });
  }

  #redis(options: UseOptions | undefined): RedisConnection {
    const { managed } = this.#find(options?.name ?? 'redis');
    if (managed instanceof RedisConnection) return managed;
    throw badArgument(`Connection "${options?.name}" is of kind ${managed.kind}, not redis.`);
  }

  #http(options: UseOptions | undefined): HttpConnection {
    const { managed } = this.#find(options?.name ?? 'http');
    if (managed instanceof HttpConnection) return managed;
    throw badArgument(`Connection "${options?.name}" is of kind ${managed.kind}, not http.`);
  }

  #registered<T>(name: string): Registered<T> {
    return this.#find(name).managed as Registered<T>;
  }

  #find(name: string): Slot {
    if (this.#closing !== undefined) throw closed(name);
    const found = this.#slots.get(name);
    if (found !== undefined) return found;
    const names = [...this.#slots.keys()].join(', ');
    throw badArgument(`There is no connection named "${name}": use one of ${names}.`, { name });
  }
}

async function examine(
  name: string,
  managed: Managed,
  timeoutMs: number,
): Promise<ConnectionHealth> {
  const { kind } = managed;
  const startedAt = performance.now();
  try {
    await managed.check({ timeoutMs });
    return { kind, status: 'up', latencyMs: performance.now() - startedAt };
  } catch (thrown) {
    const error = coded(thrown, { pool: name, kind, operation: 'health' });
    const latencyMs = performance.now() - startedAt;
    return { kind, status: 'down', latencyMs, errorType: error.code, message: error.message };
  }
}

const singleton = Symbol.for('@map/connections/manager');

/**
 * The manager of this process, made on first use; once it has been closed, a new one is made.
 *
 * @param options - What it is made with; refused when it exists already.
 * @throws BaseError `CONFIG_INVALID_3002` when options are given too late to count.
 */
export function getConnectionManager(options?: ConnectionManagerOptions): ConnectionManager {
  const store = globalThis as unknown as Record<symbol, ConnectionManager | undefined>;
  const known = store[singleton];
  if (known !== undefined && !known.closed) {
    if (options === undefined) return known;
    throw invalid(
      'The connection manager exists already: give its options on first use, or close it before.',
    );
  }
  const made = new ConnectionManager(options);
  store[singleton] = made;
  return made;
}
