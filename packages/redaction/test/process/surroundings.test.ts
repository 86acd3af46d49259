import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { enterSurroundings, runWithin, surroundings } from '../../src/process/surroundings.ts';

test('values follow the code through its awaits, inside of those around it, and end with it', async () => {
  const seen: object[] = [];
  await runWithin({ context: 'a' }, async () => {
    await sleep(1);
    await runWithin({ meter: 'b' }, async () => {
      enterSurroundings({ job: 'c' });
      await sleep(1);
      seen.push(surroundings());
    });
    seen.push(surroundings());
  });
  seen.push(surroundings());
  expect(seen).toEqual([{ context: 'a', meter: 'b', job: 'c' }, { context: 'a' }, {}]);
});

test('they end with a function that throws', () => {
  const fail = () => {
    throw new Error('broken');
  };
  expect(() => runWithin({ context: 'a' }, fail)).toThrow('broken');
  expect(surroundings()).toEqual({});
});

test('the storages of an application keep their values, and end with the work that has entered them', async () => {
  const storage = new AsyncLocalStorage<string>();
  await storage.run('outside', async () => {
    await runWithin({ context: 'a' }, async () => {
      expect(storage.getStore()).toBe('outside');
      storage.enterWith('inside');
      await sleep(1);
      expect(storage.getStore()).toBe('inside');
    });
    expect(storage.getStore()).toBe('outside');
  });
});
