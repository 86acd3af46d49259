/**
 * Picks how long to wait before the next attempt: full jitter under an exponential cap.
 *
 * @param attempt - Attempts made so far, from 1.
 * @param capMs - Longest delay, in milliseconds.
 * @returns A delay in milliseconds, between 0 and the cap.
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function fullJitter(attempt: number, capMs: number): number {
  return Math.random() * Math.min(capMs, 10 * 2 ** Math.min(attempt, 20));
}
