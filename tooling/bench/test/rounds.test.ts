import { describe, expect, test } from 'vitest';
import { roundsWithin } from '../src/rounds.ts';

/** How many rounds are measured when each takes so long and gives such figures. */
function count(
  limits: { rounds: number; budgetMs: number },
  roundMs: number,
  figure: (round: number) => number,
): number {
  let time = 0;
  const isAnotherDue = roundsWithin(limits, () => time);
  const figures: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  while (isAnotherDue(figures)) {
    time += roundMs;
    figures.ours.push(figure(figures.ours.length));
    figures.theirs.push(10);
  }
  return figures.ours.length;
}

const noisy = (round: number): number => (round % 2 === 0 ? 8 : 12);

describe('rounds', () => {
  test('end at the limit', () => {
    expect(count({ rounds: 15, budgetMs: 1e6 }, 10, noisy)).toBe(15);
  });

  test('end before one that would take too long', () => {
    expect(count({ rounds: 15, budgetMs: 1000 }, 150, noisy)).toBe(6);
  });

  test('are three at least, however long they take', () => {
    expect(count({ rounds: 15, budgetMs: 0 }, 1e6, noisy)).toBe(3);
  });

  test('end when the ratios have settled, which five have to show', () => {
    expect(count({ rounds: 15, budgetMs: 1e6 }, 10, (round) => 8 + round / 1000)).toBe(5);
  });
});
