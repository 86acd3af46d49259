import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RetryBudget, sharedBudget } from '../../src/retry/budget.ts';
import { fullJitter } from '../../src/retry/jitter.ts';

test('repetitions stay a small part of the requests', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (plan) => {
      const budget = new RetryBudget(10, 0.2);
      let requests = 0;
      let repetitions = 0;
      for (const isRequest of plan) {
        if (isRequest) {
          budget.deposit();
          requests += 1;
        } else if (budget.withdraw()) {
          repetitions += 1;
        }
      }
      expect(repetitions).toBeLessThanOrEqual(10 + requests * 0.2 + 1e-6);
    }),
  );
});

test('a delay lies between nothing and its cap', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: 1, max: 10_000 }), (attempt, cap) => {
      const delay = fullJitter(attempt, cap);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(cap);
    }),
  );
});

test('the budgets of the last used names are kept, however many names there are', () => {
  const first = sharedBudget('first');
  const used = sharedBudget('used');
  for (let tenant = 0; tenant < 3000; tenant += 1) {
    sharedBudget(`tenant-${tenant}`);
    expect(sharedBudget('used')).toBe(used);
  }
  expect(sharedBudget('tenant-2999')).toBe(sharedBudget('tenant-2999'));
  expect(sharedBudget('first')).not.toBe(first);
});
