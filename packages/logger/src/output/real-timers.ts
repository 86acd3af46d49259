import type * as timers from 'node:timers';

/*
 * Node's own timers, taken when this package is loaded: the fake timers of a test, which replace
 * the global ones afterwards, must not stop the output.
 */
// An import would read the getter that loads `timers/promises`.
const { setImmediate, setTimeout, clearTimeout } = process.getBuiltinModule('node:timers');
const { now } = performance;

/** Node's `setImmediate`. */
export const startImmediate: typeof timers.setImmediate = setImmediate;
/** Node's `setTimeout`. */
export const startTimeout: (run: () => void, delayMs: number) => NodeJS.Timeout = setTimeout;
/** Node's `clearTimeout`. */
export const stopTimeout: (timer: NodeJS.Timeout | undefined) => void = clearTimeout;

/** Milliseconds of the monotonic clock. */
export function monotonicMs(): number {
  return now.call(performance);
}
