import { getEventListeners } from 'node:events';
import { freePort, startRedis } from '@map-tooling/testing';
import { expect, test } from 'vitest';
import { ConnectionManager } from '../../../src/index.ts';

const cancelled = { code: 'OPERATION_CANCELLED_1003' };

test('a queued command that is aborted leaves the queue at once', async () => {
  const url = `redis://127.0.0.1:${await freePort()}`;
  const manager = new ConnectionManager({ redis: { url, maxQueued: 2 } });
  const once = new AbortController();
  const always = new AbortController();
  await manager.redisConnection(async (redis) => {
    const abortable = redis.withAbortSignal(once.signal);
    const queued = [
      abortable.get('first'),
      abortable.withAbortSignal(always.signal).set('second', 'value'),
    ];
    const refused = redis.get('third');
    await expect(refused).rejects.toMatchObject({ retryable: true });
    expect(manager.stats()['redis']).toMatchObject({ pending: 2, waiting: 2 });
    once.abort();
    expect(manager.stats()['redis']).toMatchObject({ pending: 0, waiting: 0 });
    const ends = await Promise.allSettled(queued);
    expect(ends).toMatchObject([{ reason: cancelled }, { reason: cancelled }]);
  });
  expect(getEventListeners(always.signal, 'abort')).toEqual([]);
  expect(await manager.closeAllConnections()).toMatchObject({ abandoned: 0 });
});

test('a command that was sent ends for its caller, and its reply reaches no other caller', async () => {
  await using server = await startRedis();
  const manager = new ConnectionManager({ redis: { url: server.url } });
  const controller = new AbortController();
  await manager.redisConnection(async (redis) => {
    await redis.set('key', 'value');
    const sent = redis.withAbortSignal(controller.signal).get('key');
    controller.abort();
    await expect(sent).rejects.toMatchObject(cancelled);
    expect(await redis.get('other')).toBeNull();
  });
  expect(manager.stats()['redis']).toMatchObject({ pending: 0, open: 1 });
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  await manager.closeAllConnections();
});

test('what is not a signal is refused with a code', async () => {
  const manager = new ConnectionManager();
  await manager.redisConnection((redis) => {
    const refused = expect.objectContaining({ code: 'VALIDATION_ERROR_3500' });
    for (const signal of [undefined, null, {}]) {
      expect(() => redis.withAbortSignal(signal as never)).toThrow(refused);
    }
  });
  await manager.closeAllConnections();
});
