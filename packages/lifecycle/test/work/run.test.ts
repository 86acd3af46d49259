import { createLifecycle } from '@map/lifecycle';
import { expect, test } from 'vitest';

test('work in flight is counted and described until it settles', async () => {
  const app = createLifecycle();
  const gate = Promise.withResolvers<number>();
  const runs = ['a', 'b', 'b', 'c', 'd', 'e', 'f'].map((name) => app.run(name, () => gate.promise));
  expect(app.inFlight.size).toBe(7);
  expect(app.inFlight.describe()).toBe('b ×2, a, c, d, e, …');
  gate.resolve(7);
  expect(await Promise.all(runs)).toEqual(Array(7).fill(7));
  expect(app.inFlight.size).toBe(0);
  await app.inFlight.idle();
});

test('what work throws reaches its caller, at once or later', async () => {
  const app = createLifecycle();
  const broken = new Error('broken');
  const now = app.run('now', () => {
    throw broken;
  });
  await expect(now).rejects.toBe(broken);
  await expect(app.run('later', () => Promise.reject(broken))).rejects.toBe(broken);
  expect(app.inFlight.size).toBe(0);
});

test('ending one piece of work twice does not end another', () => {
  const { inFlight } = createLifecycle();
  const end = inFlight.begin('a');
  inFlight.begin('a');
  end();
  end();
  expect(inFlight.size).toBe(1);
});
