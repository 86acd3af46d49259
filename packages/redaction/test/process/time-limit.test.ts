import { MAX_TIMER_MS, withTimeLimit } from '@map/redaction/kernel';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives the value and clears the timer', async () => {
  await expect(withTimeLimit(Promise.resolve(1), 1000, () => 2)).resolves.toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

it('gives the error and clears the timer', async () => {
  await expect(withTimeLimit(Promise.reject(new Error('x')), 1000, () => 2)).rejects.toThrow('x');
  expect(vi.getTimerCount()).toBe(0);
});

it('gives what onTimeout returns or throws once the limit has passed', async () => {
  const late = withTimeLimit(new Promise(() => {}), 1000, () => 'late');
  const failed = withTimeLimit(new Promise(() => {}), 1000, () => {
    throw new Error('too late');
  });
  const checks = [expect(late).resolves.toBe('late'), expect(failed).rejects.toThrow('too late')];
  vi.advanceTimersByTime(1000);
  await Promise.all(checks);
});

it('hands a late value over, and keeps a late error quiet', async () => {
  const values: number[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const failing = Promise.withResolvers<number>();
  const limited = withTimeLimit(promise, 10, () => 0, { onLate: (value) => values.push(value) });
  const other = withTimeLimit(failing.promise, 10, () => 0);
  vi.advanceTimersByTime(10);
  resolve(7);
  failing.reject(new Error('late'));
  await expect(limited).resolves.toBe(0);
  await expect(other).resolves.toBe(0);
  await vi.waitFor(() => expect(values).toEqual([7]), 20_000);
});

it('waits without a timer beyond what a timer can hold', () => {
  void withTimeLimit(new Promise(() => {}), Number.POSITIVE_INFINITY, () => 0);
  void withTimeLimit(new Promise(() => {}), MAX_TIMER_MS + 1, () => 0);
  expect(vi.getTimerCount()).toBe(0);
});
