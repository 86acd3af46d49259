import type { LoggerLike } from '@map/errors';
import {
  type CloseCounts,
  type Connection,
  type ConnectionStats,
  sumCounts,
  sumStats,
} from '../core/connection.ts';
import type { Report } from '../core/observer.ts';
import type { Bounds, Scope } from '../core/scope.ts';
import { type Lease, leaseOf } from '../pool/lease.ts';
import { Pool } from '../pool/pool.ts';
import { poolLimits } from '../pool/settings.ts';
import { SharedConnection } from '../shared/shared-connection.ts';
import type { RedisClient } from './client.ts';
import { redisDriver } from './driver.ts';
import { guardRedis } from './guard.ts';
import { ping } from './ping.ts';
import { moduleNamespaces } from './route.ts';
import { LeaseRoute, type RouteBase, SharedRoute } from './routes.ts';
import { type RedisOptions, redisLimits } from './settings.ts';
import { type Listener, RedisSubscriber, type Subscription, type Topic } from './subscriber.ts';
import { redisTarget } from './target.ts';

/** One named Redis: a shared connection, a pool for exclusive work, and one for subscriptions. */
export class RedisConnection implements Connection {
  readonly kind: string = 'redis';
  readonly #routeBase: RouteBase;
  readonly #shared: SharedConnection<RedisClient>;
  readonly #pool: Pool<RedisClient>;
  readonly #subscriber: RedisSubscriber;

  constructor(name: string, options: RedisOptions, report: Report, logger: LoggerLike | undefined) {
    const limits = redisLimits(name, options);
    const target = redisTarget(name, options);
    const isCluster = options.cluster !== undefined;
    const { clientSideCache, ...uncached } = options;
    this.#routeBase = {
      name,
      // The key of a command decides its node in a cluster, and its entry in a cache.
      plain: !isCluster && clientSideCache === undefined,
      namespaces: namespacesOf(options),
    };
    const driver = redisDriver(uncached, target, limits);
    const caching = clientSideCache === undefined ? driver : redisDriver(options, target, limits);
    const common = {
      name,
      kind: this.kind,
      connectTimeoutMs: limits.connectTimeoutMs,
      operationTimeoutMs: limits.commandTimeoutMs,
      maxRetryDelayMs: limits.maxRetryDelayMs,
    };
    const shared = { ...common, maxWaiting: limits.maxQueued, retireGently: isCluster };
    // One connection that opens shows that the server is back.
    const onOpen = (): void => {
      this.#shared.hurry();
      this.#pool.hurry();
      this.#subscriber.hurry();
    };
    this.#shared = new SharedConnection(caching, shared, report, onOpen);
    this.#subscriber = new RedisSubscriber(driver, shared, report, onOpen);
    const pool = { ...common, ...poolLimits(`redis connection "${name}"`, options.pool) };
    this.#pool = new Pool(driver, pool, report, logger);
  }

  /** Runs work over the shared connection; a shutdown waits for it. */
  use<R>(work: (redis: RedisClient) => PromiseLike<R> | R, bounds: Bounds): Promise<R> {
    return this.#shared.use(bounds, (scope) => work(this.#guard(scope)));
  }

  /** The shared connection, open. */
  async get(bounds: Bounds): Promise<RedisClient> {
    await this.#shared.ready(bounds);
    return this.#guard(undefined);
  }

  async acquire(bounds: Bounds): Promise<Lease<RedisClient>> {
    const takenAt = new Error('acquired');
    const lease = await this.#pool.acquire(bounds, takenAt);
    const route = new LeaseRoute(this.#routeBase, this.#pool, lease);
    return leaseOf(this.#pool, lease, guardRedis(route));
  }

  subscribe(topic: Topic, listener: Listener): Promise<Subscription> {
    return this.#subscriber.subscribe(topic, listener);
  }

  stats(): ConnectionStats {
    const shared = this.#shared.stats();
    const pool = this.#pool.stats();
    const all = [shared, pool, this.#subscriber.stats()];
    const used = all.find(({ state }) => state === 'open' || state === 'opening');
    // The shared connection and that of the subscriptions are not part of the pool.
    const max = (pool.max ?? 0) + 2;
    return { ...sumStats(all), kind: this.kind, state: (used ?? shared).state, max };
  }

  async check(bounds: Bounds): Promise<void> {
    await this.use(ping, bounds);
  }

  async close(timeoutMs: number): Promise<CloseCounts> {
    return sumCounts(
      await Promise.all([
        this.#shared.close(timeoutMs),
        this.#pool.close(timeoutMs),
        this.#subscriber.close(timeoutMs),
      ]),
    );
  }

  #guard(scope: Scope | undefined): RedisClient {
    return guardRedis(new SharedRoute(this.#routeBase, this.#shared, scope));
  }
}

function namespacesOf({ functions, modules }: RedisOptions): ReadonlySet<string> {
  const own = [...Object.keys(modules ?? {}), ...Object.keys(functions ?? {})];
  return own.every((name) => moduleNamespaces.has(name))
    ? moduleNamespaces
    : new Set([...moduleNamespaces, ...own]);
}
