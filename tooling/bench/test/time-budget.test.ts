import { expect, test } from 'vitest';
import { defineBench } from '../src/define-bench.ts';
import { type Spender, TimeBudget, weightOf } from '../src/time-budget.ts';

/** Runs benches that take so many seconds each; gives the seconds that each was given. */
async function shares(benches: readonly (Spender & { takes: number })[]): Promise<number[]> {
  let time = 0;
  const given: number[] = [];
  const budget = new TimeBudget(benches, () => time);
  for (const bench of benches) {
    await budget.spend(bench, async (shareMs) => {
      given.push(Math.round(shareMs / 100) / 10);
      time += bench.takes * 1000;
    });
  }
  return given;
}

const pear = { package: 'pear', weight: 1 };
const plum = { package: 'plum', weight: 1 };

test('a bench gets a share by its weight of the time that its package has left, two seconds at least', async () => {
  expect(
    await shares([
      { ...pear, weight: 2, takes: 11 },
      { ...pear, takes: 200 },
      { ...pear, takes: 1 },
      { ...plum, takes: 1 },
    ]),
  ).toEqual([85.5, 80, 2, 171]);
});

test('with many packages each has less, and gets what those before it left', async () => {
  const packages = Array.from({ length: 19 }, (_, index) => ({
    ...{ package: `package-${index}`, weight: 1 },
  }));
  const given = await shares(packages.map((one) => ({ ...one, takes: 0 })));
  expect(given.slice(0, 3)).toEqual([30, 31.7, 33.5]);
  const used = await shares(packages.map((one) => ({ ...one, takes: 30 })));
  expect(used).toEqual(packages.map(() => 30));
});

test('contenders with a process each weigh more than those that share one', () => {
  const contenders = { ours: () => 1, theirs: () => 1, another: () => 1 };
  const common = { name: 'sum', title: 'Sum', contenders };
  expect(weightOf(defineBench(common))).toBe(1);
  expect(weightOf(defineBench({ ...common, processes: true }))).toBe(3);
});
