/** Something that must have ended by a point in time. */
export interface Expiring {
  /** When it must have ended, on the clock of `performance.now()`. */
  deadlineAt: number;
  /** Called once when the deadline has passed. */
  expire(): void;
  /** Neighbours in the queue; the queue owns these. */
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  queued: boolean;
}

/**
 * Watches the deadlines of many operations with one timer.
 *
 * Operations of one connection nearly always share a timeout, so a list kept in order costs a
 * fraction of a timer per operation.
 */
export class DeadlineQueue {
  #first: Expiring | undefined;
  #last: Expiring | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = 0;
  #turn: ReturnType<typeof setImmediate> | undefined;

  /** Number of operations being watched. */
  size = 0;

  add(entry: Expiring): void {
    if (entry.deadlineAt === Number.POSITIVE_INFINITY) return;
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
    // The timer stays for the next operation, but must not hold the process open.
    if (this.size === 0) this.#timer?.unref();
  }

  /** Ends everything that is being watched, whatever its time. */
  endAll(end: (entry: Expiring) => void): void {
    while (this.#first !== undefined) {
      const entry = this.#first;
      this.remove(entry);
      end(entry);
    }
  }

  /** Stops the timer; nothing expires any more. */
  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#timer = undefined;
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    // After work that held the event loop up, answers lie in the sockets: they are read first.
    const due = (): void => {
      clearImmediate(this.#turn);
      this.#turn = setImmediate(() => this.#sweep());
    };
    this.#timer = setTimeout(due, Math.max(0, Math.ceil(at - performance.now())));
  }

  #sweep(): void {
    clearTimeout(this.#timer);
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
