import { expect, test } from 'vitest';
import { pairedRatio, quantile, summarise } from '../src/statistics.ts';

test('quantiles interpolate and do not depend on order', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([10], 0.99)).toBe(10);
  expect(summarise([5, 1, 3, 2, 4])).toEqual({ median: 3, p25: 2, p75: 4 });
});

test('a paired ratio does not see what slowed both down', () => {
  expect(pairedRatio([1, 10, 100], [2, 20, 200])).toBe(0.5);
  expect(pairedRatio([1, 10, 100], [2, 20])).toBe(0.5);
});
