import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { DeadlineQueue, type Expiring } from '../../src/process/deadline-queue.ts';

function entry(deadlineAt: number, expire: () => void = () => {}): Expiring {
  return { deadlineAt, expire, earlier: undefined, later: undefined, queued: false };
}

afterEach(() => void vi.useRealTimers());

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

const ALL = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
  'performance',
] as const;

test.each([
  ['all', ALL],
  ['those of setTimeout', ALL.slice(0, 2)],
])('expires what was late when fake timers went: %s', async (_, toFake) => {
  const queue = new DeadlineQueue();
  const expired: string[] = [];
  const add = (name: string, ms: number): void =>
    queue.add(entry(performance.now() + ms, () => expired.push(name)));
  add('before', 120_000);
  vi.useFakeTimers({ toFake: [...toFake] });
  add('short', 20);
  add('long', 60_000);
  vi.useRealTimers();
  add('after', 30);
  await expect.poll(() => expired, { timeout: 20_000 }).toEqual(['short', 'after']);
  expect(queue.size).toBe(2);
  queue.stop();
});

test('expires what is late after a timer that fell into a time of fake ones', async () => {
  const queue = new DeadlineQueue();
  const expired: string[] = [];
  queue.add(entry(performance.now() + 20, () => expired.push('before')));
  vi.useFakeTimers({ toFake: [...ALL] });
  await sleep(200);
  vi.useRealTimers();
  queue.add(entry(performance.now() + 20, () => expired.push('after')));
  await expect.poll(() => expired, { timeout: 20_000 }).toEqual(['before', 'after']);
  queue.stop();
});

test('fake timers that advance expire what is late on their clock, and nothing else', () => {
  const queue = new DeadlineQueue();
  const expired: string[] = [];
  queue.add(entry(performance.now() + 60_000, () => expired.push('before')));
  vi.useFakeTimers({ toFake: [...ALL] });
  queue.add(entry(performance.now() + 500, () => expired.push('within')));
  vi.advanceTimersByTime(499);
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(expired).toEqual(['within']);
  vi.advanceTimersByTime(60_000);
  expect(expired).toEqual(['within', 'before']);
  queue.stop();
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
