import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { snapshotMetrics } from '../../src/testing.ts';

const names = ['a', 'b', 'c'] as const;
const value = fc.constantFrom('x', 'y', '', undefined, null, 1, '1', true, 5000);
const step = fc.record({
  labels: fc.record({ a: value, b: value, c: value }, { requiredKeys: [] }),
  order: fc.constantFrom(names, ['c', 'b', 'a'] as const, ['b', 'a', 'c'] as const),
  reset: fc.boolean(),
});

test('whatever came before, a call finds the series of its labels', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const manager = new MetricsManager({ strict: true });
      const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: names });
      const expected = new Map<string, number>();
      for (const [i, { labels, order, reset }] of steps.entries()) {
        if (reset && i % 7 === 6) {
          manager.reset();
          expected.clear();
        }
        const given = Object.fromEntries(
          order.filter((name) => name in labels).map((name) => [name, labels[name]]),
        );
        counter.inc(given);
        const key = names.map((name) => String(labels[name] ?? '')).join('|');
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      const found = snapshotMetrics(manager).map(
        (series) =>
          [names.map((name) => series.labels[name] ?? '').join('|'), series.value] as const,
      );
      expect(new Map(found)).toEqual(expected);
    }),
  );
});
