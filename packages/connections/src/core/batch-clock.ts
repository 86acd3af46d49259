// Node's own: the fake timers of a test drop their ticks when they end, and the clock would stand.
const { nextTick } = process;

/**
 * Reads the clock once for all replies that arrive together: reading it for each of them would
 * cost a tenth of a Redis command.
 */
export class BatchClock {
  #at = 0;
  #isFresh = false;
  readonly #expire: () => void = () => {
    this.#isFresh = false;
  };

  /** Reads the clock. Returns milliseconds, on the scale of `performance.now()`. */
  now(): number {
    this.#at = performance.now();
    return this.#at;
  }

  /** The time read at the start of the current batch: the running macrotask and its microtasks. */
  ofBatch(): number {
    if (!this.#isFresh) {
      this.#isFresh = true;
      this.#at = performance.now();
      nextTick(this.#expire);
    }
    return this.#at;
  }
}
