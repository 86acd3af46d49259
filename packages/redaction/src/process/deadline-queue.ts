// Deadlines of many operations, watched with one timer.
//
// A timer per operation costs about a microsecond, more than a third of a Redis command. The
// operations of one connection nearly always share a timeout, so their deadlines arrive in
// ascending order. The queue is therefore a doubly linked list, sorted by deadline:
//
// - add: walk back from the end to the right position. With one shared timeout that is the end
//   itself, so O(1); an operation with a shorter timeout walks past those with a longer one.
// - remove: unlink, O(1). This is what happens to nearly every operation, because it completes.
// - expire: one timer is armed for the head of the list. When it fires, every entry that is due is
//   unlinked and told, and the timer is armed again for the new head.
//
// The timer is not moved when its entry completes: it fires, finds nothing due and is armed for the
// current head. That costs one wake-up per timeout, not one `clearTimeout` per operation. While the
// queue is empty the timer is unref'd, so that it cannot keep the process alive.
//
// A process that was busy past a deadline may already have the reply in its socket buffer. The
// sweep therefore runs in a `setImmediate` after the timer, that is, after the poll phase in which
// Node reads its sockets: a reply that arrived in time counts as in time.
//
// If the timers have been replaced since the timer was armed, by the fake timers of a test or by
// Node's own again, it may never fire. It is then armed again, with the deadlines moved to the clock
// that counts now.

import { type StartedTimer, Timers } from './timers.ts';

/** Something that has to end by a point in time. */
export interface Expiring {
  /** When it has to end, in milliseconds on the scale of `performance.now()`. */
  deadlineAt: number;
  /** Called once when the deadline has passed. */
  expire(): void;
  /** Links to the neighbours; owned by the queue. */
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  queued: boolean;
}

/** Watches the deadlines of many operations with one timer. */
export class DeadlineQueue {
  #first: Expiring | undefined;
  #last: Expiring | undefined;
  #timers = new Timers();
  #timer: StartedTimer | undefined;
  #timerAt = 0;
  #turn: object | undefined;

  /** Number of entries. */
  size = 0;

  add(entry: Expiring): void {
    if (entry.deadlineAt === Number.POSITIVE_INFINITY) return;
    if (!this.#timers.areCurrent) this.#renew();
    let before = this.#last;
    while (before !== undefined && before.deadlineAt > entry.deadlineAt) before = before.earlier;
    entry.earlier = before;
    entry.later = before === undefined ? this.#first : before.later;
    if (entry.later === undefined) this.#last = entry;
    else entry.later.earlier = entry;
    if (before === undefined) this.#first = entry;
    else before.later = entry;
    entry.queued = true;
    this.size += 1;
    if (this.#timer === undefined || entry.deadlineAt < this.#timerAt) this.#arm(entry.deadlineAt);
    else if (this.size === 1) this.#timer.ref();
  }

  remove(entry: Expiring): void {
    if (!entry.queued) return;
    entry.queued = false;
    if (entry.earlier === undefined) this.#first = entry.later;
    else entry.earlier.later = entry.later;
    if (entry.later === undefined) this.#last = entry.earlier;
    else entry.later.earlier = entry.earlier;
    entry.earlier = undefined;
    entry.later = undefined;
    this.size -= 1;
    if (this.size === 0) this.#timer?.unref();
  }

  /** Removes every entry, due or not, and passes each to `end`. */
  endAll(end: (entry: Expiring) => void): void {
    while (this.#first !== undefined) {
      const entry = this.#first;
      this.remove(entry);
      end(entry);
    }
  }

  /** Stops the timer; nothing expires any more. */
  stop(): void {
    this.#timers.stop(this.#timer);
    this.#timers.stopImmediate(this.#turn);
    this.#timer = undefined;
  }

  #arm(at: number): void {
    const timers = this.#timers;
    timers.stop(this.#timer);
    this.#timerAt = at;
    const due = (): void => {
      timers.stopImmediate(this.#turn);
      this.#turn = timers.startImmediate(() => this.#sweep());
    };
    this.#timer = timers.start(due, Math.max(0, Math.ceil(at - timers.now())));
  }

  /** Takes the timers that are current. */
  #renew(): void {
    const past = this.#timers;
    this.stop();
    this.#timers = new Timers();
    const shiftMs = this.#timers.now() - past.now();
    for (let entry = this.#first; entry !== undefined; entry = entry.later) {
      entry.deadlineAt += shiftMs;
    }
    if (this.#first !== undefined) this.#arm(this.#first.deadlineAt);
  }

  #sweep(): void {
    if (!this.#timers.areCurrent) this.#renew();
    this.#timers.stop(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    while (this.#first !== undefined && this.#first.deadlineAt <= now) {
      const entry = this.#first;
      this.remove(entry);
      entry.expire();
    }
    if (this.#first !== undefined && this.#timer === undefined) this.#arm(this.#first.deadlineAt);
  }
}
