import { createHook } from 'node:async_hooks';
import { expect, onTestFinished, test, vi } from 'vitest';

test('the package leaves no asynchronous resource open that a test runner would report', async () => {
  const open = new Set<number>();
  let made = 0;
  const hook = createHook({
    init(id, type) {
      if (type !== 'MapConnection') return;
      made += 1;
      open.add(id);
    },
    destroy(id) {
      open.delete(id);
    },
  }).enable();
  onTestFinished(() => void hook.disable());
  vi.resetModules();
  await import('../../src/core/driver.ts');
  expect(made).toBe(1);
  await expect.poll(() => open.size, { timeout: 20_000 }).toBe(0);
});
