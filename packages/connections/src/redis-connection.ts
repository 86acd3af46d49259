import type { Bounds, Scope } from './call.ts';
import type { Lease } from './lease.ts';
import type { ConnectionStats, Managed } from './managed.ts';
import type { ConnectionEvent, LoggerLike } from './observer.ts';
import { type Loan, Pool } from './pool.ts';
import { type RedisClient, redisDriver } from './redis-driver.ts';
import { guardRedis } from './redis-guard.ts';
import { poolLimits, type RedisOptions, redisLimits, redisTarget } from './redis-settings.ts';
import { type CloseCounts, SharedConnection } from './shared-connection.ts';

/** One named Redis: a connection that everybody shares, and a pool for exclusive work. */
export class RedisConnection implements Managed {
  readonly kind: string = 'redis';
  readonly #name: string;
  readonly #shared: SharedConnection<RedisClient>;
  readonly #pool: Pool<RedisClient>;

  constructor(
    name: string,
    options: RedisOptions,
    report: ((event: ConnectionEvent) => void) | undefined,
    logger: LoggerLike | undefined,
  ) {
    this.#name = name;
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
    this.#shared = new SharedConnection(
      driver,
      {
        ...common,
        maxWaiting: limits.maxQueued,
        retireGently: options.cluster !== undefined || options.sentinel !== undefined,
      },
      report,
    );
    this.#pool = new Pool(
      driver,
      { ...common, ...poolLimits(`redis connection "${name}"`, options.pool) },
      report,
      logger,
    );
  }

  /** Runs work over the shared connection; a shutdown waits for it. */
  async use<R>(work: (redis: RedisClient) => PromiseLike<R> | R, bounds: Bounds): Promise<R> {
    const scope = this.#shared.enter(bounds);
    try {
      return await scope.race(runWork(work, this.#guard(scope)));
    } finally {
      this.#shared.leave(scope);
    }
  }

  /** The shared connection, open. */
  async get(bounds: Bounds): Promise<RedisClient> {
    await this.#shared.ready(bounds);
    return this.#guard(undefined);
  }

  async acquire(bounds: Bounds): Promise<Lease<RedisClient>> {
    const takenAt = new Error('taken');
    const loan = await this.#pool.borrow(bounds, takenAt);
    return leaseOf(this.#pool, loan, this.#exclusive(loan));
  }

  stats(): ConnectionStats {
    const shared = this.#shared;
    const pool = this.#pool;
    const own = shared.calls.counts;
    const lent = pool.calls.counts;
    return {
      kind: this.kind,
      state: shared.state === 'idle' && pool.size > 0 ? 'open' : shared.state,
      open: (shared.state === 'open' ? 1 : 0) + pool.size,
      inUse: pool.inUse,
      waiting: shared.waiting + pool.waiting,
      pending: shared.calls.pending + pool.calls.pending,
      opened: shared.opens + pool.opens,
      closed: shared.closes + pool.closes,
      operations: own.operations + lent.operations,
      errors: own.errors + lent.errors,
      timeouts: own.timeouts + lent.timeouts,
      leaks: pool.leaks,
    };
  }

  async check(bounds: Bounds & { timeoutMs: number }): Promise<void> {
    await this.use((redis) => redis.ping(), bounds);
  }

  async close(timeoutMs: number): Promise<CloseCounts> {
    const [shared, pool] = await Promise.all([
      this.#shared.close(timeoutMs),
      this.#pool.close(timeoutMs),
    ]);
    return {
      completed: shared.completed + pool.completed,
      abandoned: shared.abandoned + pool.abandoned,
    };
  }

  #guard(scope: Scope | undefined): RedisClient {
    const shared = this.#shared;
    return guardRedis({
      name: this.#name,
      shared: true,
      get isOpen() {
        return shared.state === 'open';
      },
      run: (operation, repeatable, invoke, timeoutMs) =>
        shared.run(operation, scope, repeatable, invoke, timeoutMs),
      spoil: () => {},
    });
  }

  #exclusive(loan: Loan<RedisClient>): RedisClient {
    const pool = this.#pool;
    return guardRedis({
      name: this.#name,
      shared: false,
      get isOpen() {
        return !loan.member.opened.dead;
      },
      run: (operation, repeatable, invoke, timeoutMs) =>
        pool.run(loan, operation, repeatable, invoke, timeoutMs),
      spoil: () => {
        loan.dirty = true;
      },
    });
  }
}

async function runWork<T, R>(
  work: (connection: T) => PromiseLike<R> | R,
  connection: T,
): Promise<R> {
  return await work(connection);
}

function leaseOf<T>(pool: Pool<T>, loan: Loan<T>, connection: T): Lease<T> {
  return {
    connection,
    release: () => pool.giveBack(loan),
    discard: () => pool.discard(loan),
    [Symbol.asyncDispose]: () => pool.giveBack(loan),
  };
}
