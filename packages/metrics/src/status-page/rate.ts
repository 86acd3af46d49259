import type { Timeline } from './history.ts';

/** The increase of a counter between two values. A lower value means that it started again at 0. */
export function increase(before: number, after: number): number {
  return after >= before ? after - before : after;
}

/** The increase of a counter over a window, and the length of that window. */
export interface Increase {
  readonly amount: number;
  readonly seconds: number;
}

/**
 * Returns the increase of a counter up to one point.
 *
 * @param windowMs Length of the window in milliseconds; it starts at the newest point of at least
 * this age, or at the oldest point.
 * @param end Index of the point; the last one by default.
 * @returns undefined without an earlier point, or without a history of this figure.
 */
export function increaseOver(
  { times, values }: Timeline,
  key: string,
  windowMs: number,
  end: number = times.length - 1,
): Increase | undefined {
  const series = values(key);
  if (series === undefined || end < 1) return undefined;
  const start = windowStart(times, windowMs, end);
  let amount = 0;
  for (let i = start + 1; i <= end; i++) {
    amount += increase(series[i - 1] as number, series[i] as number);
  }
  const seconds = ((times[end] as number) - (times[start] as number)) / 1000;
  return seconds > 0 ? { amount, seconds } : undefined;
}

/** Returns the increase per second between each two neighbouring points. */
export function ratesOf({ times, values }: Timeline, key: string): number[] {
  const series = values(key) ?? [];
  return series.slice(1).map((value, i) => {
    const seconds = ((times[i + 1] as number) - (times[i] as number)) / 1000;
    return seconds > 0 ? increase(series[i] as number, value) / seconds : 0;
  });
}

/**
 * Estimates a quantile from the counts of buckets, as `histogram_quantile` of PromQL does.
 *
 * @param counts Number of values in each bucket, not cumulative; the last bucket is +Inf.
 * @returns undefined without values; the highest bound if the quantile is above it.
 */
export function quantile(
  q: number,
  bounds: readonly number[],
  counts: readonly number[],
): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return undefined;
  const rank = q * total;
  let below = 0;
  for (const [i, bound] of bounds.entries()) {
    const count = counts[i] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = bounds[i - 1] ?? Math.min(0, bound);
      return lower + ((bound - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1);
}

function windowStart(times: readonly number[], windowMs: number, end: number): number {
  const limit = (times[end] as number) - windowMs;
  let start = end - 1;
  while (start > 0 && (times[start] as number) > limit) start--;
  return start;
}
