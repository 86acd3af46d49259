import { expect, test } from 'vitest';
import { TimeBudget } from '../src/time-budget.ts';

test('a bench gets an equal share of the time its package has left', async () => {
  let time = 0;
  const shares: number[] = [];
  const budget = new TimeBudget(['pear', 'pear', 'pear', 'plum'], () => time);
  const spend = (owner: string, takes: number) =>
    budget.spend(owner, async (share) => {
      shares.push(share);
      time += takes;
    });
  await spend('pear', 20_000);
  await spend('pear', 140_000);
  await spend('plum', 1_000);
  await spend('pear', 1_000);
  expect(shares).toEqual([50_000, 65_000, 150_000, 0]);
});

test('with many packages each has less, so that the whole stays within ten minutes', async () => {
  const owners = Array.from({ length: 9 }, (_, index) => `package-${index}`);
  const budget = new TimeBudget(owners);
  let total = 0;
  for (const owner of owners) {
    await budget.spend(owner, async (share) => {
      total += share;
    });
  }
  expect(total).toBeLessThan(600_000);
});
