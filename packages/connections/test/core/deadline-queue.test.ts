import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeadlineQueue, type Expiring } from '../../src/core/deadline-queue.ts';

function entry(deadlineAt: number, expire: () => void = () => {}): Expiring {
  return { deadlineAt, expire, earlier: undefined, later: undefined, queued: false };
}

test('expires what is late, in the order of the deadlines, and nothing else', async () => {
  const queue = new DeadlineQueue();
  const expired: string[] = [];
  const now = performance.now();
  const answered = entry(now + 5, () => expired.push('answered'));
  for (const [name, ms] of [
    ['c', 30],
    ['a', 10],
    ['never', Number.POSITIVE_INFINITY],
    ['b', 20],
  ] as const) {
    queue.add(entry(now + ms, () => expired.push(name)));
  }
  queue.add(answered);
  queue.remove(answered);
  queue.remove(answered);
  await expect.poll(() => expired).toEqual(['a', 'b', 'c']);
  expect(queue.size).toBe(0);
});

test('expires nothing once it was stopped', async () => {
  const queue = new DeadlineQueue();
  const expired: number[] = [];
  queue.add(entry(performance.now() + 5, () => expired.push(1)));
  queue.stop();
  await sleep(20);
  expect(expired).toEqual([]);
});

test('holds what was added and not removed, whatever the order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(1_000), remove: fc.boolean() }), { maxLength: 50 }),
      (plan) => {
        const queue = new DeadlineQueue();
        const start = performance.now() + 60_000;
        const entries = plan.map(({ at }) => entry(start + at));
        for (const one of entries) queue.add(one);
        plan.forEach(({ remove }, index) => {
          const one = entries[index];
          if (remove && one !== undefined) queue.remove(one);
        });
        const kept = entries.filter((_, index) => plan[index]?.remove === false);
        expect(queue.size).toBe(kept.length);
        // Walk the list: it must be in order and complete.
        const first = kept.find(({ earlier }) => earlier === undefined);
        const seen: number[] = [];
        for (let one = first; one !== undefined; one = one.later) seen.push(one.deadlineAt);
        expect(seen).toEqual(kept.map(({ deadlineAt }) => deadlineAt).sort((a, b) => a - b));
        queue.stop();
      },
    ),
  );
});
