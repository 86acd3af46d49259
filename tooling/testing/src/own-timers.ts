/** The timers of our sources. */
export interface OwnTimers {
  /** Those that have neither fired nor been cleared. */
  readonly count: number;
}

const ourSource = /\/packages\/[a-z]+\/src\//;

/**
 * Watches the timeouts that the sources of packages set on a fake clock from now on. A library that
 * another test file of the process has loaded may set some on that clock too.
 *
 * @returns their count, which is kept until the fake clock is put away
 */
export function watchOwnTimers(): OwnTimers {
  const pending = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const watched = (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const caller = new Error().stack?.split('\n')[2] ?? '';
    const timer = set(() => {
      pending.delete(timer);
      run(...args);
    }, ms);
    if (ourSource.test(caller)) pending.add(timer);
    return timer;
  };
  globalThis.setTimeout = watched as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    pending.delete(timer);
    clear(timer);
  };
  return {
    get count() {
      return pending.size;
    },
  };
}
