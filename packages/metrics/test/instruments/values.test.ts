import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { snapshotMetrics } from '../../src/testing.ts';

const anyNumber = fc.double({ noNaN: false, min: -1e300, max: 1e300 });
const anything = fc.oneof(anyNumber, fc.constantFrom(Number.NaN, Infinity, -Infinity, undefined));

test('of any measurements, the valid ones are kept', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 30 }), (values) => {
      const manager = new MetricsManager();
      const counter = manager.defineCounter({ name: 'c_total', help: 'c' });
      const gauge = manager.defineGauge({ name: 'g', help: 'g' });
      const histogram = manager.defineHistogram({ name: 'h', help: 'h', buckets: [-10, 0, 10] });
      const bound = histogram.labels();
      let [count, level, sum, observed] = [0, 0, 0, 0];
      for (const [i, value] of values.entries()) {
        counter.inc({}, value);
        gauge.set({}, value as number);
        if (i % 2 === 0) histogram.observe({}, value as number);
        else bound.observe(value as number);
        // A counter adds 1 where the value is left out.
        if (value === undefined) count += 1;
        else if (Number.isFinite(value)) {
          if (value >= 0) count += value;
          level = value;
          sum += value;
          observed++;
        }
      }
      const kept = Object.fromEntries(
        snapshotMetrics(manager).map((series) => [series.name, series]),
      );
      expect(kept['c_total']?.value ?? 0).toBe(count);
      expect(kept['g']?.value ?? 0).toBe(level);
      expect(kept['h']?.sum ?? 0).toBe(sum);
      expect(kept['h']?.value ?? 0).toBe(observed);
      expect(kept['h']?.buckets?.['+Inf'] ?? 0).toBe(observed);
    }),
  );
});

test('a value falls into the first bucket that holds it, as a search from below finds it', () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(bounds, fc.array(fc.integer({ min: -60, max: 60 })), (unsorted, values) => {
      const buckets = unsorted.sort((a, b) => a - b);
      const manager = new MetricsManager({ strict: true });
      const histogram = manager.defineHistogram({ name: 'h', help: 'h', buckets });
      for (const value of values) histogram.observe({}, value);
      const [series] = snapshotMetrics(manager);
      for (const bound of buckets) {
        const below = values.filter((value) => value <= bound).length;
        expect(series?.buckets?.[String(bound)] ?? 0).toBe(below);
      }
    }),
  );
});
