import type { Bounds } from './call.ts';
import { badArgument, closed, coded, invalid } from './coded.ts';
import { type HttpClient, HttpConnection } from './http-connection.ts';
import type { HttpOptions } from './http-settings.ts';
import type { Lease } from './lease.ts';
import type { ConnectionHealth, ConnectionStats, Managed } from './managed.ts';
import {
  type ConnectionEvent,
  type ConnectionObserver,
  type LoggerLike,
  reporter,
} from './observer.ts';
import { RedisConnection } from './redis-connection.ts';
import type { RedisClient } from './redis-driver.ts';
import type { RedisOptions } from './redis-settings.ts';
import type { CloseCounts } from './shared-connection.ts';
import { checkTimeout } from './validate.ts';

/** What a manager is made with. */
export interface ConnectionManagerOptions {
  /** The Redis named `redis`; by default the one of the environment variable `REDIS_URL`. */
  readonly redis?: RedisOptions;
  /** The HTTP client named `http`. */
  readonly http?: HttpOptions;
  readonly observer?: ConnectionObserver;
  /** Gets warnings, such as the one about a lease that is not given back. */
  readonly logger?: LoggerLike;
  /** Gives the trace headers of outgoing HTTP requests. */
  readonly traceHeaders?: () => Record<string, string>;
}

/** Bounds of one use of a connection. */
export interface UseOptions extends Bounds {
  /** Name of the connection; `redis` or `http` by default. */
  readonly name?: string;
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

/** Named connections: opened on first use, watched, and closed together. */
export class ConnectionManager {
  readonly #connections: Map<string, Managed> = new Map();
  readonly #options: ConnectionManagerOptions;
  readonly #report: ((event: ConnectionEvent) => void) | undefined;
  #closing: Promise<CloseReport> | undefined;

  /**
   * Prepares the connections; nothing is opened yet.
   *
   * @throws BaseError `CONFIG_INVALID_3002` for a setting that cannot be used.
   */
  constructor(options: ConnectionManagerOptions = {}) {
    this.#options = options;
    this.#report = reporter(options.observer);
    const url = process.env['REDIS_URL'];
    this.addRedis('redis', { ...(url ? { url } : {}), ...options.redis });
    this.addHttp('http', options.http ?? {});
  }

  /** Adds a named Redis. */
  addRedis(name: string, options: RedisOptions): void {
    this.#add(name, () => new RedisConnection(name, options, this.#report, this.#options.logger));
  }

  /** Adds a named HTTP client. */
  addHttp(name: string, options: HttpOptions): void {
    const { traceHeaders } = this.#options;
    this.#add(name, () => new HttpConnection(name, options, this.#report, traceHeaders));
  }

  /** Runs work over the shared Redis connection. */
  async redisConnection<R>(
    work: (redis: RedisClient) => PromiseLike<R> | R,
    options: UseOptions = {},
  ): Promise<R> {
    return await this.#redis(options).use(work, checked(options));
  }

  /** Borrows a Redis connection for blocking and transactional work. */
  async acquireRedis(options: UseOptions = {}): Promise<Lease<RedisClient>> {
    return await this.#redis(options).acquire(checked(options));
  }

  /** Gives the shared Redis connection, open. */
  async getRedisConnection(options: UseOptions = {}): Promise<RedisClient> {
    return await this.#redis(options).get(checked(options));
  }

  /** Runs work with the shared HTTP client. */
  async httpSession<R>(
    work: (http: HttpClient) => PromiseLike<R> | R,
    options: UseOptions = {},
  ): Promise<R> {
    return await this.#http(options).use(work, checked(options));
  }

  /** Gives the shared HTTP client. */
  async getHttpClient(options: UseOptions = {}): Promise<HttpClient> {
    return await this.#http(options).get();
  }

  /** Counts by connection name. */
  stats(): Record<string, ConnectionStats> {
    return Object.fromEntries([...this.#connections].map(([name, own]) => [name, own.stats()]));
  }

  /** Asks every connection that is in use whether it works. */
  async health(options: { timeoutMs?: number } = {}): Promise<HealthReport> {
    const timeoutMs = checkTimeout('timeoutMs', options.timeoutMs ?? 1_000);
    const connections = Object.fromEntries(
      await Promise.all(
        [...this.#connections].map(
          async ([name, own]) => [name, await examine(name, own, timeoutMs)] as const,
        ),
      ),
    );
    const healthy = Object.values(connections).every(({ status }) => status !== 'down');
    return { healthy, connections };
  }

  /** Refuses new work, lets accepted work finish, then closes everything. */
  closeAllConnections(options: { timeoutMs?: number } = {}): Promise<CloseReport> {
    this.#closing ??= this.#closeAll(checkTimeout('timeoutMs', options.timeoutMs ?? 5_000));
    return this.#closing;
  }

  async #closeAll(timeoutMs: number): Promise<CloseReport> {
    const startedAt = performance.now();
    const connections = Object.fromEntries(
      await Promise.all(
        [...this.#connections].map(
          async ([name, own]) => [name, await own.close(timeoutMs)] as const,
        ),
      ),
    );
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
    if (this.#connections.has(name)) {
      throw invalid(`A connection named "${name}" exists already: choose another name.`, { name });
    }
    this.#connections.set(name, make());
  }

  #redis(options: UseOptions): RedisConnection {
    const found = this.#find(options.name ?? 'redis');
    if (found instanceof RedisConnection) return found;
    throw badArgument(`Connection "${options.name}" is of kind ${found.kind}, not redis.`);
  }

  #http(options: UseOptions): HttpConnection {
    const found = this.#find(options.name ?? 'http');
    if (found instanceof HttpConnection) return found;
    throw badArgument(`Connection "${options.name}" is of kind ${found.kind}, not http.`);
  }

  #find(name: string): Managed {
    if (this.#closing !== undefined) throw closed(name);
    const found = this.#connections.get(name);
    if (found !== undefined) return found;
    const names = [...this.#connections.keys()].join(', ');
    throw badArgument(`There is no connection named "${name}": use one of ${names}.`, { name });
  }
}

function checked(options: UseOptions): UseOptions {
  if (options.timeoutMs !== undefined) checkTimeout('timeoutMs', options.timeoutMs);
  return options;
}

async function examine(name: string, own: Managed, timeoutMs: number): Promise<ConnectionHealth> {
  const { kind } = own;
  const startedAt = performance.now();
  if (own.stats().state === 'idle') return { kind, status: 'idle' };
  try {
    await own.check({ timeoutMs });
    return { kind, status: 'up', latencyMs: performance.now() - startedAt };
  } catch (thrown) {
    const error = coded(thrown, { pool: name, kind, operation: 'health' });
    const latencyMs = performance.now() - startedAt;
    return { kind, status: 'down', latencyMs, errorType: error.code, message: error.message };
  }
}

const singleton = Symbol.for('@map/connections/manager');

/** The process-wide manager, made on first use; after it was closed, a new one is made. */
export function getConnectionManager(options?: ConnectionManagerOptions): ConnectionManager {
  const store = globalThis as unknown as Record<symbol, ConnectionManager | undefined>;
  store[singleton] ??= new ConnectionManager(options);
  return store[singleton];
}
