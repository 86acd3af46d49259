import type { Figures } from './result.ts';
import { spread } from './statistics.ts';

/** Fewer say nothing about the spread. */
const LEAST = 3;

/** From here on, ratios that stay this close together end the measurement. */
const SETTLED_AFTER = 5;
const SETTLED_WITHIN = 0.01;

/** How long a bench may take. */
export interface Limits {
  /** Rounds at most. */
  rounds: number;
  /** No round is begun that would probably end later than this, save the first three. */
  budgetMs: number;
}

/**
 * Decides after each round whether another one is worth its time: not when the limits are reached,
 * and not when the ratios have settled.
 *
 * @param limits - rounds and time at most
 * @param now - the clock, in milliseconds
 * @returns a function that takes the figures so far and answers whether to measure another round
 */
export function roundsWithin(
  { rounds, budgetMs }: Limits,
  now: () => number = () => performance.now(),
): (figures: Figures) => boolean {
  const startedAt = now();
  return (figures) => {
    const done = Math.min(...Object.values(figures).map(({ length }) => length));
    if (done >= rounds) return false;
    if (done < LEAST) return true;
    const elapsedMs = now() - startedAt;
    if (elapsedMs + elapsedMs / done > budgetMs) return false;
    return done < SETTLED_AFTER || !isSettled(figures);
  };
}

function isSettled(figures: Figures): boolean {
  const [first = [], ...others] = Object.values(figures);
  const compared = others.map((other) => first.map((value, round) => value / (other[round] ?? 0)));
  return (others.length === 0 ? [first] : compared).every(
    (values) => spread(values) <= SETTLED_WITHIN,
  );
}
