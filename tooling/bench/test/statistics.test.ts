import { expect, test } from 'vitest';
import { pairedRatios, quantile, summarise } from '../src/statistics.ts';

test('quantiles interpolate and do not depend on order', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([10], 0.99)).toBe(10);
  expect(summarise([5, 1, 3, 2, 4])).toEqual({ median: 3, p25: 2, p75: 4 });
});

test('paired ratios do not show what slowed both down', () => {
  expect(pairedRatios([1, 10, 100], [2, 20, 200])).toEqual([0.5, 0.5, 0.5]);
  expect(pairedRatios([1, 10, 100], [2, 20])).toEqual([0.5, 0.5]);
});
