import { expect, test } from 'vitest';
import { pairedRatios, quantile, summarise, uncertainty } from '../src/statistics.ts';

test('quantiles interpolate and do not depend on order', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([10], 0.99)).toBe(10);
  expect(summarise([5, 1, 3, 2, 4])).toEqual({ median: 3, p25: 2, p75: 4 });
});

test('paired ratios do not show what slowed both down', () => {
  expect(pairedRatios([1, 10, 100], [2, 20, 200])).toEqual([0.5, 0.5, 0.5]);
  expect(pairedRatios([1, 10, 100], [2, 20])).toEqual([0.5, 0.5]);
});

test('the uncertainty of a median falls with the root of the number of rounds', () => {
  // Of a normal distribution: its quartiles lie 0.6745 deviations from the middle.
  const four = [10 - 0.6745, 10 - 0.6745, 10 + 0.6745, 10 + 0.6745];
  expect(uncertainty(four)).toBeCloseTo((1.253 / Math.sqrt(4)) * 0.1, 4);
  expect(uncertainty([...four, ...four, ...four, ...four])).toBeCloseTo(uncertainty(four) / 2, 6);
  expect(uncertainty([7, 7, 7])).toBe(0);
});
