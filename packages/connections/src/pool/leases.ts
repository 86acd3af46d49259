import type { LoggerLike } from '@map/errors';
import { ignoreRejection, type Linked, LinkedList } from '@map/redaction/kernel';
import type { Opened } from '../core/driver.ts';
import type { Report } from '../core/observer.ts';
import type { Scope } from '../core/scope.ts';
import type { Member } from './members.ts';
import type { PoolSettings } from './settings.ts';

/** A leased member, and the scope that bounds its operations. */
export interface HeldLease<T> extends Linked<HeldLease<T>> {
  readonly member: Member<T>;
  readonly scope: Scope;
  /** True once its holder has changed the connection in a way that the next one must not see. */
  dirty: boolean;
  leakTimer: ReturnType<typeof setTimeout> | undefined;
}

/** The leases of a pool, with the warning about those that are not released. */
export class Leases<T> {
  /** Number of leases that were held for too long. */
  leaks = 0;
  readonly #settings: PoolSettings;
  readonly #report: Report;
  readonly #logger: LoggerLike | undefined;
  readonly #held: LinkedList<HeldLease<T>> = new LinkedList();

  constructor(settings: PoolSettings, report: Report, logger: LoggerLike | undefined) {
    this.#settings = settings;
    this.#report = report;
    this.#logger = logger;
  }

  get size(): number {
    return this.#held.size;
  }

  /**
   * Starts a lease.
   *
   * @param takenAt - Carries the stack of the code that acquires it, for the warning.
   */
  start(member: Member<T>, scope: Scope, takenAt: Error): HeldLease<T> {
    const lease: HeldLease<T> = {
      member,
      scope,
      dirty: false,
      leakTimer: undefined,
      previous: undefined,
      next: undefined,
    };
    this.#held.add(lease);
    if (Number.isFinite(this.#settings.leakWarningMs)) {
      lease.leakTimer = setTimeout(() => this.#warn(takenAt), this.#settings.leakWarningMs);
      lease.leakTimer.unref();
    }
    return lease;
  }

  /** Ends a lease; false if it has ended before. */
  end(lease: HeldLease<T>): boolean {
    if (!this.#held.remove(lease)) return false;
    clearTimeout(lease.leakTimer);
    lease.scope.leave();
    return true;
  }

  /** Has the connection thrown away when the lease that holds it ends. */
  spoil(opened: Opened<unknown>): void {
    for (const lease of this.#held) if (lease.member.opened === opened) lease.dirty = true;
  }

  [Symbol.iterator](): Iterator<HeldLease<T>> {
    return this.#held[Symbol.iterator]();
  }

  #warn(takenAt: Error): void {
    this.leaks += 1;
    const { kind, leakWarningMs, name } = this.#settings;
    const stack = (takenAt.stack ?? '').split('\n').slice(1).join('\n');
    this.#report?.({ type: 'leak', pool: name, kind, heldMs: leakWarningMs, takenAt: stack });
    const message = `A lease of connection "${name}" has not been released for ${leakWarningMs} ms. It was acquired here:\n${stack}`;
    if (this.#logger === undefined) {
      process.emitWarning(message, 'ConnectionLeakWarning');
      return;
    }
    try {
      const fields = { pool: name, held_ms: leakWarningMs, taken_at: stack };
      ignoreRejection(this.#logger.warn(message, fields));
    } catch {
      // In a timer, a failing logger would end the process.
    }
  }
}
