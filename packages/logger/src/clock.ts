const RESYNC_MS = 1000;
const DIGITS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));

let offsetMs = 0;
let resyncAtMs = Number.NEGATIVE_INFINITY;
let lastMs = 0;
let second = -1;
let prefix = '';

/**
 * The wall clock in milliseconds with fractions; never steps back within a process, and follows
 * the system's clock when that is set.
 */
export function nowMs(): number {
  const monotonic = performance.now();
  if (monotonic >= resyncAtMs) {
    const wall = Date.now();
    // Date.now() is cut to the millisecond: within one, the monotonic clock knows better.
    const ahead = monotonic + offsetMs - wall;
    if (!(ahead >= 0 && ahead < 1.5)) offsetMs = wall - monotonic;
    resyncAtMs = monotonic + RESYNC_MS;
  }
  const now = monotonic + offsetMs;
  if (now > lastMs) lastMs = now;
  return lastMs;
}

/** A time as ISO 8601 in UTC with microseconds: `2025-04-29T12:34:56.789012Z`. */
export function isoMicros(timeMs: number): string {
  const sec = Math.floor(timeMs / 1000);
  if (sec !== second) {
    second = sec;
    prefix = new Date(sec * 1000).toISOString().slice(0, 20);
  }
  const micros = Math.floor((timeMs - sec * 1000) * 1000);
  const millis = (micros / 1000) | 0;
  // The short parts first: V8 copies those and makes a node of a tree of each longer sum.
  const fraction = `${DIGITS[millis]}${DIGITS[micros - millis * 1000]}Z`;
  return prefix + fraction;
}
