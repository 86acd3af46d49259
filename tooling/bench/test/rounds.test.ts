import { describe, expect, test } from 'vitest';
import { addRound, type Measured } from '../src/measured.ts';
import { isSettled, roundsWithin } from '../src/rounds.ts';

/** How many rounds are measured when each takes so long and gives such figures. */
function count(
  limits: { rounds: number; budgetMs: number },
  roundMs: number,
  figure: (round: number) => number,
): number {
  let time = 0;
  const isAnotherDue = roundsWithin(limits, () => time);
  const measured: Measured = {};
  let done = 0;
  while (isAnotherDue(measured)) {
    time += roundMs;
    addRound(measured, 'ours', { row: figure(done) });
    addRound(measured, 'theirs', { row: 10, other: 1 });
    done += 1;
  }
  return done;
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

  test('end when the ratios are known, which five have to show', () => {
    expect(count({ rounds: 15, budgetMs: 1e6 }, 10, (round) => 8 + round / 1000)).toBe(5);
  });

  test('continue while the ratios of one row are not known', () => {
    const isAnotherDue = roundsWithin({ rounds: 15, budgetMs: 1e6 }, () => 0);
    const same = { ours: Array(6).fill(1), theirs: Array(6).fill(2) };
    const wild = { ours: [1, 3, 1, 3, 1, 3], theirs: Array(6).fill(2) };
    expect(isAnotherDue({ same })).toBe(false);
    expect(isAnotherDue({ same, wild })).toBe(true);
  });
});

test('ratios have settled if more rounds would hardly move their median', () => {
  expect(isSettled([0.5, 0.51, 0.52])).toBe(true);
  expect(isSettled([0.5, 0.6, 0.7])).toBe(false);
  // The same spread says more after more rounds.
  expect(isSettled([0.54, 0.6, 0.66])).toBe(false);
  expect(isSettled(Array(5).fill([0.54, 0.6, 0.66]).flat())).toBe(true);
  // Two say nothing, however alike.
  expect(isSettled([0.5, 0.5])).toBe(false);
});
