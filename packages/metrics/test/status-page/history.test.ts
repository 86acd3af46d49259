import { describe, expect, test } from 'vitest';
import { History, MAX_COLUMNS, MAX_POINTS } from '../../src/status-page/history.ts';
import { increaseOver, quantile, ratesOf } from '../../src/status-page/rate.ts';

/** A history of one figure, a point every 5 seconds; the last value is the current one. */
function timelineOf(values: readonly number[]) {
  const history = new History();
  for (const [i, value] of values.slice(0, -1).entries()) {
    history.push(i * 5000, new Map([['n', value]]));
  }
  return history.with((values.length - 1) * 5000, new Map([['n', values.at(-1) as number]]));
}

describe('the ring', () => {
  test('keeps the newest points in order', () => {
    const history = new History();
    for (let i = 0; i < MAX_POINTS + 7; i++) history.push(i * 5000, new Map([['n', i]]));
    expect(history.length).toBe(MAX_POINTS);
    const now = (MAX_POINTS + 7) * 5000;
    const { times, values } = history.with(now, new Map([['n', -1]]));
    expect([times[0], times.at(-2), times.at(-1)]).toEqual([35_000, now - 5000, now]);
    expect(values('n')?.slice(0, 2)).toEqual([7, 8]);
    expect(values('n')?.slice(-2)).toEqual([MAX_POINTS + 6, -1]);
  });

  test('has at most a fixed number of figures, and says which have no history', () => {
    const history = new History();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < MAX_POINTS * 2; i++) {
      history.push(
        i * 5000,
        new Map(Array.from({ length: 50 }, (_, n) => [`${i * 50 + n} ${'x'.repeat(20)}`, n])),
      );
    }
    expect(history.columns).toBe(MAX_COLUMNS);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 2 ** 20);
    const { values } = history.with(1e7, new Map([['new', 3]]));
    expect(values('new')).toBeUndefined();
    expect(increaseOver(history.with(1e7, new Map()), 'new', 60_000)).toBeUndefined();
  });

  test('a figure that appears later was 0, one that is too long is not kept', () => {
    const history = new History();
    history.push(0, new Map());
    history.push(5000, new Map([['x'.repeat(300), 1]]));
    const { values } = history.with(10_000, new Map([['late', 4]]));
    expect(values('late')).toEqual([0, 0, 4]);
    expect(history.columns).toBe(0);
    history.clear();
    expect(history.with(10_000, new Map()).times).toEqual([10_000]);
  });

  test('the current moment replaces a point that is just recorded', () => {
    const history = new History();
    history.push(0, new Map([['n', 1]]));
    history.push(5000, new Map([['n', 2]]));
    const { times, values } = history.with(5010, new Map([['n', 3]]));
    expect([times, values('n')]).toEqual([
      [0, 5010],
      [1, 3],
    ]);
  });

  test('a clock that is set back begins a new history: times always ascend', () => {
    const history = new History();
    history.push(7_200_000, new Map([['n', 1]]));
    history.push(7_205_000, new Map([['n', 2]]));
    const current = history.with(3_600_000, new Map([['n', 3]]));
    expect([current.times, current.values('n')]).toEqual([[3_600_000], [3]]);
    history.push(3_600_000, new Map([['n', 3]]));
    const { times, values } = history.with(3_605_000, new Map([['n', 4]]));
    expect([times, values('n')]).toEqual([
      [3_600_000, 3_605_000],
      [3, 4],
    ]);
  });
});

describe('rates', () => {
  test('a counter that starts again counts from 0', () => {
    const timeline = timelineOf([10, 20, 4, 6]);
    expect(increaseOver(timeline, 'n', 60_000)).toEqual({ amount: 16, seconds: 15 });
    expect(ratesOf(timeline, 'n')).toEqual([2, 0.8, 0.4]);
  });

  test('only the window counts', () => {
    expect(increaseOver(timelineOf([0, 100, 101, 103]), 'n', 10_000)).toEqual({
      amount: 3,
      seconds: 10,
    });
  });

  test('one point has no rate, and neither has a clock that went back', () => {
    expect(increaseOver(timelineOf([7]), 'n', 60_000)).toBeUndefined();
    expect(ratesOf(timelineOf([7]), 'n')).toEqual([]);
    const history = new History();
    history.push(5000, new Map([['n', 1]]));
    history.push(20_000, new Map([['n', 2]]));
    const back = history.with(1000, new Map([['n', 9]]));
    expect(increaseOver(back, 'n', 60_000)).toBeUndefined();
  });
});

test.each([
  ['nothing', 0.5, [0, 0, 0], undefined],
  ['linear in a bucket', 0.5, [0, 4, 0], 1.5],
  ['the first bucket starts at 0', 0.5, [4, 0, 0], 0.5],
  ['beyond the last bound', 0.95, [1, 0, 9], 2],
  ['over buckets', 0.95, [10, 10, 0], 1.9],
])('a quantile of buckets: %s', (_, q, counts, expected) => {
  const value = quantile(q, [1, 2], counts);
  if (expected === undefined) expect(value).toBeUndefined();
  else expect(value).toBeCloseTo(expected, 10);
});
