/** A timer; Node's type is not known to every user of these declarations. */
export interface StartedTimer {
  ref(): unknown;
  unref(): unknown;
}

/**
 * The timers and the clock that a timer was started with.
 *
 * The fake timers of a test replace those of Node and never fire once they have been replaced in
 * turn; their clock has another origin. What keeps a timer for many callers asks whether it is still
 * one of the current timers, or it would wait for ever.
 */
export class Timers {
  readonly #setTimeout = setTimeout;
  readonly #clearTimeout = clearTimeout;
  readonly #setImmediate = setImmediate;
  readonly #clearImmediate = clearImmediate;
  readonly #performance = performance;
  readonly #now = performance.now;

  /** Whether a timer that is started now would be one of these. */
  get areCurrent(): boolean {
    return this.#setTimeout === setTimeout;
  }

  /** Milliseconds on the clock of these timers. */
  now(): number {
    return Reflect.apply(this.#now, this.#performance, []);
  }

  start(run: () => void, delayMs: number): StartedTimer {
    return this.#setTimeout(run, delayMs);
  }

  stop(timer: StartedTimer | undefined): void {
    this.#clearTimeout(timer as NodeJS.Timeout | undefined);
  }

  startImmediate(run: () => void): object {
    return this.#setImmediate(run);
  }

  stopImmediate(immediate: object | undefined): void {
    this.#clearImmediate(immediate as NodeJS.Immediate | undefined);
  }
}
