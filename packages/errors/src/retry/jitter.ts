/**
 * Picks the delay before the next attempt: full jitter under an exponentially growing cap.
 *
 * @param attempt - Number of failed attempts so far, from 1.
 * @param capMs - Longest delay, in milliseconds.
 * @param baseMs - Cap of the delay before the exponent is applied, in milliseconds.
 * @returns A delay in milliseconds, between 0 and `capMs`.
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function fullJitter(attempt: number, capMs: number, baseMs = 10): number {
  return Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 20));
}
