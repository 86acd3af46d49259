import type { LoggerLike } from '@map/errors';
import { ErrorCode } from '@map/errors/core';
import { checkMethods, checkMs, checkOptions, checkType, isString } from '../core/check-options.ts';
import type { CloseCounts, Connection, ConnectionStats } from '../core/connection.ts';
import type { ResourceDriver } from '../core/driver.ts';
import { lostError } from '../core/errors.ts';
import type { Report } from '../core/observer.ts';
import type { Bounds } from '../core/scope.ts';
import { type Lease, leaseOf } from './lease.ts';
import { Pool } from './pool.ts';
import { type PoolOptions, poolLimits } from './settings.ts';
import { OwnUse, type UseContext } from './use-context.ts';

/** A connection type: how one is opened, checked and closed, and its limits. */
export interface ConnectionType<T> extends ResourceDriver<T> {
  /** Its kind, for reports; its name by default. */
  readonly kind?: string;
  /** Limit for one attempt to open, in milliseconds; 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** Limit for one `use`, in milliseconds; 30,000 by default. */
  readonly operationTimeoutMs?: number;
  /** Longest delay between two attempts to open, in milliseconds; 250 by default. */
  readonly maxRetryDelayMs?: number;
  readonly pool?: PoolOptions;
}

/** Bounds, name and nature of one use. */
export interface RegisteredUse extends Bounds {
  /** Name of the operation for reports and errors; `use` by default. */
  readonly operation?: string;
}

/** The work of one use. */
export type UseWork<T, R> = (connection: T, context: UseContext) => PromiseLike<R> | R;

/** A registered connection: leases, deadlines, health, stats and shutdown like any other. */
export interface RegisteredConnection<T> {
  readonly name: string;
  /**
   * Leases a connection for the work, and returns it when the work has ended.
   *
   * @param work - Receives the connection, and a signal that is aborted when the connection is lost
   * or the use ends early.
   */
  use<R>(work: UseWork<T, R>, options?: RegisteredUse): Promise<R>;
  /** Leases a connection until the lease is released. */
  acquire(bounds?: Bounds): Promise<Lease<T>>;
}

const optionalMethods = ['load', 'check', 'misplaced', 'reset', 'close', 'destroy'] as const;

const known: ReadonlySet<string> = new Set([
  ...['open', ...optionalMethods],
  ...['kind', 'connectTimeoutMs', 'operationTimeoutMs', 'maxRetryDelayMs', 'pool'],
]);

const remedies = { timeout: 'operationTimeoutMs', max: 'pool.max', connect: 'open' };

/** A named connection of a registered type: a pool of the connections that the type opens. */
export class CustomConnection<T> implements Connection, RegisteredConnection<T> {
  readonly name: string;
  readonly kind: string;
  readonly #pool: Pool<T>;

  constructor(
    name: string,
    type: ConnectionType<T>,
    report: Report,
    logger: LoggerLike | undefined,
  ) {
    const where = `connection "${name}"`;
    checkOptions(where, type, known, remedies);
    checkMethods(where, type, ['open']);
    for (const method of optionalMethods) {
      checkType(where, method, type[method], (value) => typeof value === 'function', 'a function');
    }
    checkType(where, 'kind', type.kind, isString, 'a string');
    this.name = name;
    this.kind = type.kind ?? name;
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

  async use<R>(work: UseWork<T, R>, options: RegisteredUse = {}): Promise<R> {
    const lease = await this.#pool.acquire(options, new Error('acquired'));
    const { opened } = lease.member;
    const { operation = 'use' } = options;
    const context = new OwnUse();
    opened.onLostInUse = (error) => {
      context.end(lostError({ pool: this.name, kind: this.kind, operation }, error));
    };
    // An error of the work passes unchanged: its code, such as PostgreSQL's 23505, is the caller's.
    let thrown: { readonly error: unknown } | undefined;
    try {
      return await this.#pool.run(lease, operation, false, async (connection) => {
        try {
          return await work(connection, context);
        } catch (error) {
          if (context.hasAborted(error)) throw context.reason;
          thrown = { error };
          throw error;
        }
      });
    } catch (error) {
      context.end(error);
      // The library may notice before the type can report it.
      if (isBroken(error)) lease.dirty = true;
      // Not if the connection was lost under it, or the operation had ended before the work.
      if (thrown !== undefined && causeOf(error) === thrown.error && !isLost(lease)) {
        throw thrown.error;
      }
      throw error;
    } finally {
      opened.onLostInUse = undefined;
      await this.#pool.release(lease);
    }
  }

  async acquire(bounds: Bounds = {}): Promise<Lease<T>> {
    const lease = await this.#pool.acquire(bounds, new Error('acquired'));
    return leaseOf(this.#pool, lease, lease.member.opened.resource);
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

function isLost(lease: { member: { opened: { dead: boolean } } }): boolean {
  return lease.member.opened.dead;
}

const broken: ReadonlySet<unknown> = new Set([
  ErrorCode.CLIENT_CLOSED,
  ErrorCode.CONNECTION_ERROR,
  ErrorCode.CONNECTION_RESET,
]);

/** Whether an error may show that the connection cannot be used any more. */
function isBroken(error: unknown): boolean {
  return broken.has((error as { code?: unknown } | undefined)?.code);
}

function causeOf(error: unknown): unknown {
  return (error as { originalError?: unknown } | undefined)?.originalError;
}
