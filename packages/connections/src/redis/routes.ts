import type { Scope } from '../core/scope.ts';
import type { HeldLease } from '../pool/leases.ts';
import type { Pool } from '../pool/pool.ts';
import type { SharedConnection } from '../shared/shared-connection.ts';
import type { RedisClient } from './client.ts';
import type { Route } from './route.ts';

/** The state that the routes of one Redis share. */
export interface RouteBase {
  readonly name: string;
  readonly plain: boolean;
  readonly namespaces: ReadonlySet<string>;
}

/** Sends operations over the shared connection. */
export class SharedRoute implements Route {
  readonly name: string;
  readonly shared = true;
  readonly plain: boolean;
  readonly namespaces: ReadonlySet<string>;
  readonly #connection: SharedConnection<RedisClient>;
  readonly #scope: Scope | undefined;

  constructor(
    { name, namespaces, plain }: RouteBase,
    connection: SharedConnection<RedisClient>,
    scope: Scope | undefined,
  ) {
    this.name = name;
    this.plain = plain;
    this.namespaces = namespaces;
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

/** Sends operations over a leased connection. */
export class LeaseRoute implements Route {
  readonly name: string;
  readonly shared = false;
  readonly plain: boolean;
  readonly namespaces: ReadonlySet<string>;
  readonly #pool: Pool<RedisClient>;
  readonly #lease: HeldLease<RedisClient>;

  constructor(
    { name, namespaces, plain }: RouteBase,
    pool: Pool<RedisClient>,
    lease: HeldLease<RedisClient>,
  ) {
    this.name = name;
    this.plain = plain;
    this.namespaces = namespaces;
    this.#pool = pool;
    this.#lease = lease;
  }

  get isOpen(): boolean {
    return !this.#lease.member.opened.dead;
  }

  run<R>(
    operation: string,
    repeatable: boolean,
    invoke: (client: RedisClient) => PromiseLike<R>,
    timeoutMs?: number,
  ): Promise<R> {
    return this.#pool.run(this.#lease, operation, repeatable, invoke, timeoutMs);
  }

  spoil(): void {
    this.#lease.dirty = true;
  }
}
