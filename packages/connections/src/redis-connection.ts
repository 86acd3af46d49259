import { type Lease, leaseOf } from './lease.ts';
import type { Loan } from './loan.ts';
import type { CloseCounts } from './managed.ts';
import { type ConnectionStats, type Managed, sumStats } from './managed.ts';
import type { ConnectionEvent, LoggerLike } from './observer.ts';
import { Pool } from './pool.ts';
import { poolLimits } from './pool-settings.ts';
import { type RedisClient, redisDriver } from './redis-driver.ts';
import { guardRedis, type Route } from './redis-guard.ts';
import { type RedisOptions, redisLimits, redisTarget } from './redis-settings.ts';
import {
  type MessageListener,
  RedisSubscriber,
  type Subscription,
  type Topic,
} from './redis-subscriber.ts';
import type { Bounds, Scope } from './scope.ts';
import { SharedConnection } from './shared-connection.ts';

/** One named Redis: a connection that everybody shares, and a pool for exclusive work. */
export class RedisConnection implements Managed {
  readonly kind: string = 'redis';
  readonly #name: string;
  readonly #isSingle: boolean;
  readonly #shared: SharedConnection<RedisClient>;
  readonly #pool: Pool<RedisClient>;
  readonly #subscriber: RedisSubscriber;

  constructor(
    name: string,
    options: RedisOptions,
    report: ((event: ConnectionEvent) => void) | undefined,
    logger: LoggerLike | undefined,
  ) {
    this.#name = name;
    this.#isSingle = options.cluster === undefined;
    const limits = redisLimits(name, options);
    const target = redisTarget(name, options);
    const driver = redisDriver(options, target, limits);
    const common = {
      name,
      kind: this.kind,
      connectTimeoutMs: limits.connectTimeoutMs,
      operationTimeoutMs: limits.commandTimeoutMs,
      maxRetryDelayMs: limits.maxRetryDelayMs,
    };
    const shared = {
      ...common,
      maxWaiting: limits.maxQueued,
      retireGently: options.cluster !== undefined,
    };
    this.#shared = new SharedConnection(driver, shared, report);
    this.#subscriber = new RedisSubscriber(driver, shared, report);
    this.#pool = new Pool(
      driver,
      { ...common, ...poolLimits(`redis connection "${name}"`, options.pool) },
      report,
      logger,
    );
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
    const takenAt = new Error('taken');
    const loan = await this.#pool.borrow(bounds, takenAt);
    const route = new LoanRoute(this.#name, this.#isSingle, this.#pool, loan);
    return leaseOf(this.#pool, loan, guardRedis(route));
  }

  subscribe(topic: Topic, listener: MessageListener): Promise<Subscription> {
    return this.#subscriber.subscribe(topic, listener);
  }

  stats(): ConnectionStats {
    const shared = this.#shared.stats();
    const pool = this.#pool.stats();
    const all = [shared, pool, this.#subscriber.connection.stats()];
    const used = all.find(({ state }) => state === 'open' || state === 'opening');
    // The shared one and the subscriber's are beside the pool.
    const max = (pool.max ?? 0) + 2;
    return { ...sumStats(all), kind: this.kind, state: (used ?? shared).state, max };
  }

  async check(bounds: Bounds): Promise<void> {
    await this.use((redis) => redis.ping(), bounds);
  }

  async close(timeoutMs: number): Promise<CloseCounts> {
    const counts = await Promise.all([
      this.#shared.close(timeoutMs),
      this.#pool.close(timeoutMs),
      this.#subscriber.close(timeoutMs),
    ]);
    return {
      completed: counts.reduce((sum, { completed }) => sum + completed, 0),
      abandoned: counts.reduce((sum, { abandoned }) => sum + abandoned, 0),
    };
  }

  #guard(scope: Scope | undefined): RedisClient {
    return guardRedis(new SharedRoute(this.#name, this.#isSingle, this.#shared, scope));
  }
}

/** Sends operations over the connection that everybody shares. */
class SharedRoute implements Route {
  readonly name: string;
  readonly shared = true;
  readonly single: boolean;
  readonly #connection: SharedConnection<RedisClient>;
  readonly #scope: Scope | undefined;

  constructor(
    name: string,
    single: boolean,
    connection: SharedConnection<RedisClient>,
    scope: Scope | undefined,
  ) {
    this.name = name;
    this.single = single;
    this.#connection = connection;
    this.#scope = scope;
  }

  get isOpen(): boolean {
    return this.#connection.state === 'open';
  }

  run<R>(
    operation: string,
    repeatable: boolean,
    invoke: (client: RedisClient) => PromiseLike<R>,
    timeoutMs?: number,
    signal?: AbortSignal,
  ): Promise<R> {
    return this.#connection.run(operation, this.#scope, repeatable, invoke, timeoutMs, signal);
  }

  spoil(): void {}
}

/** Sends operations over a connection that one borrower has for itself. */
class LoanRoute implements Route {
  readonly name: string;
  readonly shared = false;
  readonly single: boolean;
  readonly #pool: Pool<RedisClient>;
  readonly #loan: Loan<RedisClient>;

  constructor(name: string, single: boolean, pool: Pool<RedisClient>, loan: Loan<RedisClient>) {
    this.name = name;
    this.single = single;
    this.#pool = pool;
    this.#loan = loan;
  }

  get isOpen(): boolean {
    return !this.#loan.member.opened.dead;
  }

  run<R>(
    operation: string,
    repeatable: boolean,
    invoke: (client: RedisClient) => PromiseLike<R>,
    timeoutMs?: number,
  ): Promise<R> {
    return this.#pool.run(this.#loan, operation, repeatable, invoke, timeoutMs);
  }

  spoil(): void {
    this.#loan.dirty = true;
  }
}
