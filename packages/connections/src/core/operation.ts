import { type BaseError, ErrorCode } from '@map/errors/core';
import type { Expiring } from '@map/redaction/kernel';
import type { BatchClock } from './batch-clock.ts';
import type { Opened } from './driver.ts';
import { codedError, lostError } from './errors.ts';
import type { ConnectionKind } from './observer.ts';

/** The registry that an operation belongs to. */
export interface OperationOwner {
  /** Name of the connection. */
  readonly pool: string;
  readonly kind: ConnectionKind;
  readonly clock: BatchClock;
  /** Notified of every failure over a connection: it may show that the connection is unusable. */
  onFailure(opened: Opened<unknown>, error: unknown): void;
  /** Makes the error of an operation whose deadline has passed. */
  onExpire(operation: Operation): BaseError;
  /** Notified once when an operation has settled. */
  end(operation: Operation, error: BaseError | undefined): void;
}

/** The work that an operation is part of; see `Scope`. */
export interface OperationGroup {
  add(operation: Operation): void;
  remove(operation: Operation): void;
}

/** The place of an operation that waits for a connection; see `WaitingLine`. */
export interface OperationPlace {
  leave(error: BaseError | undefined): void;
}

/** One operation, from the request of its caller until it settles. */
export class Operation implements Expiring {
  deadlineAt: number;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued = false;
  settled = false;
  /** Why it failed. */
  error: BaseError | undefined = undefined;
  /** The connection it was sent over; undefined while it waits for one. */
  sentOver: Opened<unknown> | undefined = undefined;
  /** Where it waits, if it does. */
  waitingAt: OperationPlace | undefined = undefined;
  /** Called once when it has settled; cheaper than a promise. */
  onSettled: ((error: BaseError | undefined) => void) | undefined = undefined;
  /** True for pure waiting, which is reported as a wait and not as an operation. */
  internal = false;
  /** Command name or HTTP method. */
  readonly name: string;
  readonly startedAt: number;
  readonly group: OperationGroup | undefined;
  /** Whether it may be sent again when it is unknown if it was executed. */
  readonly repeatable: boolean;
  readonly #owner: OperationOwner;
  #value: unknown = undefined;
  #promise: Promise<never> | undefined = undefined;
  #resolve: ((value: never) => void) | undefined = undefined;
  #reject: ((error: unknown) => void) | undefined = undefined;

  constructor(
    owner: OperationOwner,
    name: string,
    timeoutMs: number,
    group: OperationGroup | undefined,
    repeatable: boolean,
  ) {
    this.#owner = owner;
    this.name = name;
    this.startedAt = owner.clock.now();
    this.deadlineAt = this.startedAt + timeoutMs;
    this.group = group;
    this.repeatable = repeatable;
  }

  /** Settles with the operation. Created on first access: most operations do not need it. */
  get promise(): Promise<never> {
    this.#promise ??= new Promise<never>((resolve, reject) => {
      if (!this.settled) {
        this.#resolve = resolve;
        this.#reject = reject;
      } else if (this.error !== undefined) reject(this.error);
      else resolve(this.#value as never);
    });
    return this.#promise;
  }

  /** Settles as the reply does, or earlier: at the deadline, by abort, at shutdown. */
  follow(reply: PromiseLike<unknown>): void {
    reply.then(
      (value) => this.succeed(value),
      (error) => this.fail(error),
    );
  }

  /**
   * Settles as the reply does and never earlier. Saves one promise compared with `follow`; only for
   * replies that are certain to settle when their connection is destroyed.
   */
  pass<R>(reply: PromiseLike<R>): Promise<R> {
    return reply.then(
      (value) => {
        if (this.error !== undefined) throw this.error;
        this.settled = true;
        this.#owner.end(this, undefined);
        return value;
      },
      (error) => {
        this.fail(error);
        throw this.error;
      },
    ) as Promise<R>;
  }

  /** Sends it over a connection. */
  send<T>(opened: Opened<T>, invoke: (resource: T) => PromiseLike<unknown>): void {
    this.sentOver = opened;
    try {
      this.follow(invoke(opened.resource));
    } catch (error) {
      this.fail(error);
    }
  }

  succeed(value: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.#value = value;
    this.#owner.end(this, undefined);
    this.#resolve?.(value as never);
    this.onSettled?.(undefined);
  }

  fail(error: unknown): void {
    if (this.settled) return;
    const { pool, kind } = this.#owner;
    const place = { pool, kind, operation: this.name, repeatable: this.repeatable };
    let known = codedError(error, place);
    if (this.sentOver !== undefined) this.#owner.onFailure(this.sentOver, error);
    // We destroyed the connection, so the library reports 'closed'; report 'lost' to the caller.
    if (this.sentOver?.failed && known.code === ErrorCode.CLIENT_CLOSED) {
      known = lostError(place, error);
    }
    this.settled = true;
    this.error = known;
    this.#owner.end(this, known);
    this.#reject?.(known);
    this.onSettled?.(known);
  }

  expire(): void {
    this.fail(this.#owner.onExpire(this));
  }
}
