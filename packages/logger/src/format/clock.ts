/** A step back of the system's clock from this length on is followed; shorter ones are waited out. */
const FOLLOWED_MS = 1000;
const DIGITS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));

let offsetMs = 0;
let lastMs = 0;
let second = -1;
let prefix = '';

/**
 * The wall clock in milliseconds with fractions. The monotonic clock gives the fractions, the wall
 * clock keeps it right to the millisecond. Small corrections, as NTP makes them, never turn the
 * time back; a clock that was set back by a second or more is followed.
 */
export function nowMs(): number {
  const wall = Date.now();
  const monotonic = performance.now();
  // Date.now() is cut to the millisecond: within one, the monotonic clock is more exact.
  const ahead = monotonic + offsetMs - wall;
  if (!(ahead >= 0 && ahead < 1.5)) offsetMs = wall - monotonic;
  const now = monotonic + offsetMs;
  if (now > lastMs || lastMs - now >= FOLLOWED_MS) lastMs = now;
  return lastMs;
}

/** A time as ISO 8601 in UTC with microseconds: `2025-04-29T12:34:56.789012Z`. */
export function isoMicros(timeMs: number): string {
  const sec = Math.floor(timeMs / 1000);
  if (sec !== second) {
    // Sets the prefix first: a time without a date throws. A year may have a sign and six digits.
    prefix = new Date(sec * 1000).toISOString().slice(0, -4);
    second = sec;
  }
  const micros = Math.floor((timeMs - sec * 1000) * 1000);
  const millis = (micros / 1000) | 0;
  // The short parts first: V8 copies those and makes a node of a tree of each longer sum.
  const fraction = `${DIGITS[millis]}${DIGITS[micros - millis * 1000]}Z`;
  return prefix + fraction;
}
