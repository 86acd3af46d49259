import { type StartedTimer, Timers } from '@map/redaction/kernel';
import type { Opened } from '../core/driver.ts';

/** One pooled connection. */
export interface Member<T> {
  readonly opened: Opened<T>;
  /** When it is too old to be used again, on the scale of `performance.now()`. */
  readonly expiresAt: number;
  idleSince: number;
}

/** Limits of the members of a pool, in milliseconds. */
export interface MemberLimits {
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
}

/** Why the sweep closes a member. */
export type SweepReason = 'idle' | 'expired';

/** The connections of a pool; the one that was returned last is used first. */
export class Members<T> {
  /** Number of connections closed so far. */
  closed = 0;
  readonly #limits: MemberLimits;
  readonly #onSweep: (member: Member<T>, reason: SweepReason) => void;
  readonly #all: Set<Member<T>> = new Set();
  readonly #idle: Member<T>[] = [];
  #timers = new Timers();
  #sweeper: StartedTimer | undefined;

  /**
   * @param onSweep - Called for each idle member that has to be closed.
   */
  constructor(limits: MemberLimits, onSweep: (member: Member<T>, reason: SweepReason) => void) {
    this.#limits = limits;
    this.#onSweep = onSweep;
  }

  get size(): number {
    return this.#all.size;
  }

  get idleCount(): number {
    return this.#idle.length;
  }

  /** The member of a connection, while it is one. */
  of(opened: Opened<unknown>): Member<T> | undefined {
    for (const member of this.#all) if (member.opened === opened) return member;
    return undefined;
  }

  add(opened: Opened<T>): Member<T> {
    const now = performance.now();
    // Lifetimes differ slightly, so that connections opened together do not expire together.
    const expiresAt = now + this.#limits.maxLifetimeMs * (0.9 + Math.random() / 10);
    const member: Member<T> = { opened, expiresAt, idleSince: now };
    this.#all.add(member);
    return member;
  }

  /** Makes a member available. */
  putIdle(member: Member<T>): void {
    member.idleSince = performance.now();
    this.#idle.push(member);
    this.#sweepLater();
  }

  takeIdle(): Member<T> | undefined {
    return this.#idle.pop();
  }

  takeAllIdle(): Member<T>[] {
    return this.#idle.splice(0);
  }

  /** Removes a member; false if it was removed before. */
  remove(member: Member<T>): boolean {
    if (!this.#all.delete(member)) return false;
    const at = this.#idle.indexOf(member);
    if (at >= 0) this.#idle.splice(at, 1);
    this.closed += 1;
    return true;
  }

  /** Stops the sweep. */
  stop(): void {
    this.#timers.stop(this.#sweeper);
  }

  [Symbol.iterator](): Iterator<Member<T>> {
    return this.#all.values();
  }

  #sweepLater(): void {
    if (this.#idle.length === 0) return;
    if (this.#sweeper !== undefined && this.#timers.areCurrent) return;
    this.stop();
    this.#timers = new Timers();
    this.#sweeper = this.#timers.start(() => {
      this.#sweeper = undefined;
      const now = performance.now();
      for (const member of [...this.#idle]) {
        if (now - member.idleSince >= this.#limits.idleTimeoutMs) this.#onSweep(member, 'idle');
        else if (now >= member.expiresAt) this.#onSweep(member, 'expired');
      }
      this.#sweepLater();
    }, this.#limits.idleTimeoutMs);
    this.#sweeper.unref();
  }
}
