import type { Figures, Measured } from './measured.ts';
import { pairedRatios, uncertainty } from './statistics.ts';

/** Fewer say nothing about the spread. */
const LEAST = 3;

/** From here on, ratios whose medians are known this well end the measurement. */
const ENOUGH_AFTER = 5;
const ENOUGH = 0.01;

/** A ratio whose median is known less well is reported as not settled. */
const SETTLED = 0.05;

/** How long a bench may take. */
export interface Limits {
  /** Rounds at most. */
  rounds: number;
  /** No round is begun that would probably end later than this, save the first three. */
  budgetMs: number;
}

/**
 * Decides after each round whether another one is worth its time: not when the limits are reached,
 * and not when all ratios are known well enough.
 *
 * @param limits - rounds and time at most
 * @param now - the clock, in milliseconds
 * @returns a function that takes the figures so far and answers whether to measure another round
 */
export function roundsWithin(
  { rounds, budgetMs }: Limits,
  now: () => number = () => performance.now(),
): (measured: Measured) => boolean {
  const startedAt = now();
  return (measured) => {
    const rows = Object.values(measured);
    const done = Math.min(...rows.flatMap(Object.values<number[]>).map(({ length }) => length));
    if (rows.length === 0) return rounds > 0;
    if (done >= rounds) return false;
    if (done < LEAST) return true;
    const elapsedMs = now() - startedAt;
    if (elapsedMs + elapsedMs / done > budgetMs) return false;
    return done < ENOUGH_AFTER || !rows.every(isKnown);
  };
}

/**
 * Whether rounds say what the middle one is.
 *
 * @param values - figures or ratios, one a round
 * @returns false if more rounds could still move their median by some percent
 */
export function isSettled(values: number[]): boolean {
  return values.length >= LEAST && uncertainty(values) <= SETTLED;
}

function isKnown(figures: Figures): boolean {
  const [first = [], ...others] = Object.values(figures);
  const compared = others.map((other) => pairedRatios(first, other));
  return (compared.length === 0 ? [first] : compared).every(
    (values) => uncertainty(values) <= ENOUGH,
  );
}
