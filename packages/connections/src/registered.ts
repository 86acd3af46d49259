import { ErrorCode, isBaseError } from '@map/errors/core';
import { type Lease, leaseOf } from './lease.ts';
import type { CloseCounts, ConnectionStats, Managed } from './managed.ts';
import type { ConnectionEvent, LoggerLike } from './observer.ts';
import { Pool } from './pool.ts';
import { type PoolOptions, poolLimits } from './pool-settings.ts';
import type { ResourceDriver } from './resource.ts';
import type { Bounds } from './scope.ts';
import { checkKind, checkMs } from './validate.ts';

/** A new type of connection: how one is opened, checked and closed, and its limits. */
export interface ConnectionType<T> extends ResourceDriver<T> {
  /** What it reaches, for reports; its name by default. */
  readonly kind?: string;
  /** Limit for one attempt to open, in milliseconds; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Limit for one `use`, in milliseconds; 30,000 by default. */
  readonly operationTimeoutMs?: number;
  /** Longest delay between two attempts to open, in milliseconds; 250 by default. */
  readonly maxRetryDelayMs?: number;
  readonly pool?: PoolOptions;
}

/** Bounds and name of one use. */
export interface RegisteredUse extends Bounds {
  /** Name of the operation for reports and errors; `use` by default. */
  readonly operation?: string;
}

/** A registered connection: leases, deadlines, health, stats and shutdown like any other. */
export interface RegisteredConnection<T> {
  readonly name: string;
  /** Lends a connection to the work and takes it back when the work has ended. */
  use<R>(work: (connection: T) => PromiseLike<R> | R, options?: RegisteredUse): Promise<R>;
  /** Lends a connection until the lease is released. */
  acquire(bounds?: Bounds): Promise<Lease<T>>;
}

const methods = ['load', 'check', 'misplaced', 'reset', 'close', 'destroy'] as const;

/** One registered connection: a pool over what its type opens. */
export class Registered<T> implements Managed, RegisteredConnection<T> {
  readonly name: string;
  readonly kind: string;
  readonly #pool: Pool<T>;

  constructor(
    name: string,
    type: ConnectionType<T>,
    report: ((event: ConnectionEvent) => void) | undefined,
    logger: LoggerLike | undefined,
  ) {
    this.name = name;
    this.kind = type.kind ?? name;
    const where = `connection "${name}"`;
    for (const method of methods) {
      const isMethod = (value: unknown): boolean => typeof value === 'function';
      checkKind(where, method, type[method], isMethod, 'a function');
    }
    const settings = {
      name,
      kind: this.kind,
      connectTimeoutMs: checkMs(where, 'connectTimeoutMs', type.connectTimeoutMs ?? 5_000),
      operationTimeoutMs: checkMs(where, 'operationTimeoutMs', type.operationTimeoutMs ?? 30_000),
      maxRetryDelayMs: checkMs(where, 'maxRetryDelayMs', type.maxRetryDelayMs ?? 250),
      ...poolLimits(where, type.pool),
    };
    this.#pool = new Pool(type, settings, report, logger);
  }

  async use<R>(
    work: (connection: T) => PromiseLike<R> | R,
    options: RegisteredUse = {},
  ): Promise<R> {
    const loan = await this.#pool.borrow(options, new Error('taken'));
    try {
      return await this.#pool.run(loan, options.operation ?? 'use', false, async (connection) =>
        work(connection),
      );
    } catch (error) {
      throw ofWork(error);
    } finally {
      await this.#pool.giveBack(loan);
    }
  }

  async acquire(bounds: Bounds = {}): Promise<Lease<T>> {
    const loan = await this.#pool.borrow(bounds, new Error('taken'));
    return leaseOf(this.#pool, loan, loan.member.opened.resource);
  }

  stats(): ConnectionStats {
    return this.#pool.stats();
  }

  check(bounds: Bounds): Promise<void> {
    return this.#pool.check(bounds);
  }

  close(timeoutMs: number): Promise<CloseCounts> {
    return this.#pool.close(timeoutMs);
  }
}

/** An error of the connection is coded; one that the work threw by itself stays as it is. */
function ofWork(error: unknown): unknown {
  if (!isBaseError(error) || error.code !== ErrorCode.UNKNOWN_ERROR) return error;
  return error.originalError ?? error;
}
