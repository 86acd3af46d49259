import { watchOwnTimers } from '@map-tooling/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { Sampler } from '../../src/status-page/sampler.ts';
import { Snapshot } from '../../src/status-page/snapshot.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function samplerOf(manager: MetricsManager, fails = () => false): Sampler {
  return new Sampler({
    isEnabled: () => manager.enabled,
    hasWorkers: () => false,
    read: () => {
      if (fails()) throw new Error('unreadable');
      return { instruments: manager.instruments, families: [] };
    },
  });
}

test('points are recorded from the start, and only while metrics are enabled', async () => {
  const timers = watchOwnTimers();
  const manager = new MetricsManager({ strict: true });
  const sampler = samplerOf(manager);
  sampler.start();
  await vi.advanceTimersByTimeAsync(0);
  expect([sampler.history.length, timers.count]).toEqual([1, 1]);
  // Longer than the longest pause: a busy machine makes pauses longer.
  await vi.advanceTimersByTimeAsync(31_000);
  expect(sampler.history.length).toBeGreaterThan(1);
  manager.configure({ enabled: false });
  await vi.advanceTimersByTimeAsync(31_000);
  expect([sampler.history.length, sampler.history.columns]).toEqual([0, 0]);
  manager.configure({ enabled: true });
  await vi.advanceTimersByTimeAsync(31_000);
  expect(sampler.history.length).toBeGreaterThan(0);
  sampler.stop();
  await vi.advanceTimersByTimeAsync(31_000);
  expect([sampler.history.length, timers.count]).toEqual([0, 0]);
});

test('a failure costs one point', async () => {
  let fails = true;
  const sampler = samplerOf(new MetricsManager({ strict: true }), () => fails);
  sampler.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(sampler.history.length).toBe(0);
  fails = false;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(sampler.history.length).toBeGreaterThan(0);
  sampler.stop();
});

test('workers are read every 15 seconds, and not while scrapes read them', async () => {
  const manager = new MetricsManager({ strict: true });
  const content = { instruments: manager.instruments, families: [] };
  let reads = 0;
  const sampler = new Sampler({
    isEnabled: () => true,
    hasWorkers: () => true,
    read: () => {
      reads++;
      return content;
    },
  });
  sampler.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(reads).toBe(1);
  // Scrapes every 10 seconds: each is a point, and nothing else is read.
  for (let i = 0; i < 12; i++) {
    await vi.advanceTimersByTimeAsync(10_000);
    sampler.record(new Snapshot(content));
  }
  expect([reads, sampler.history.length]).toEqual([1, 13]);
  // Two scrapes at the same time are one point.
  sampler.record(new Snapshot(content));
  expect(sampler.history.length).toBe(13);
  // Without scrapes, and with pauses of 30 seconds at most, as on a busy machine.
  await vi.advanceTimersByTimeAsync(120_000);
  expect(reads).toBeGreaterThan(3);
  expect(reads).toBeLessThan(10);
  sampler.stop();
});
