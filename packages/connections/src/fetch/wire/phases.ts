import type { DeadlineQueue, Expiring } from '@map/redaction/kernel';
import type { Phase } from '../errors/errors.ts';

/**
 * The deadlines of one call: the one of its phase and the total, whichever comes first.
 *
 * A chunk that arrives moves the idle deadline without touching the queue: that is looked at only
 * when the earlier time has come. So a stream of a thousand chunks costs a handful of timers.
 */
export class Phases implements Expiring {
  deadlineAt: number = Number.POSITIVE_INFINITY;
  earlier: Expiring | undefined = undefined;
  later: Expiring | undefined = undefined;
  queued: boolean = false;
  readonly totalAt: number;
  readonly #queue: DeadlineQueue;
  readonly #onExpire: (phase: Phase, limitMs: number) => void;
  readonly #totalMs: number;
  #phase: Phase = 'total';
  #phaseMs = Number.POSITIVE_INFINITY;
  #phaseAt = Number.POSITIVE_INFINITY;

  /**
   * @param totalMs - Limit for the whole; infinity for none.
   * @param onExpire - Called once, when a deadline has passed.
   */
  constructor(
    queue: DeadlineQueue,
    totalMs: number,
    onExpire: (phase: Phase, limitMs: number) => void,
  ) {
    this.#queue = queue;
    this.#totalMs = totalMs;
    this.totalAt = performance.now() + totalMs;
    this.#onExpire = onExpire;
    this.#schedule();
  }

  /** Begins a phase; infinity leaves only the total. */
  enter(phase: Phase, limitMs: number): void {
    this.#phase = phase;
    this.#phaseMs = limitMs;
    this.#phaseAt = performance.now() + limitMs;
    this.#schedule();
  }

  /** Notes that something came: the limit of the phase starts again. */
  touch(): void {
    this.#phaseAt = performance.now() + this.#phaseMs;
  }

  /** Ends the limit of the phase; the total stays. */
  pause(): void {
    this.#phaseAt = Number.POSITIVE_INFINITY;
  }

  /** Ends all limits. */
  end(): void {
    this.#queue.remove(this);
  }

  expire(): void {
    const dueAt = Math.min(this.#phaseAt, this.totalAt);
    if (dueAt > performance.now()) this.#schedule();
    else if (this.totalAt <= this.#phaseAt) this.#onExpire('total', this.#totalMs);
    else this.#onExpire(this.#phase, this.#phaseMs);
  }

  #schedule(): void {
    const dueAt = Math.min(this.#phaseAt, this.totalAt);
    // A later time needs nothing: the earlier one is looked at again when it has come.
    if (this.queued && dueAt >= this.deadlineAt) return;
    this.#queue.remove(this);
    this.deadlineAt = dueAt;
    this.#queue.add(this);
  }
}
