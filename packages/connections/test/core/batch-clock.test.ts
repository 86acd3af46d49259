import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { BatchClock } from '../../src/core/batch-clock.ts';

test('the clock does not stand still when a test drops its fake ticks', async () => {
  const { nextTick } = process;
  const restore = (): void => {
    process.nextTick = nextTick;
  };
  onTestFinished(restore);
  const clock = new BatchClock();
  process.nextTick = () => {};
  clock.ofBatch();
  restore();
  await turn();
  const now = performance.now();
  expect(clock.ofBatch()).toBeGreaterThanOrEqual(now);
});
