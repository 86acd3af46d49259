import { createConnection } from 'node:net';
import { BaseError, ErrorCode } from '@map/errors';
import { retry } from '@map/errors/retry';
import { freePort } from '@map-tooling/testing';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { ConnectionManager } from '../../../src/index.ts';

let port: number;
const managers: ConnectionManager[] = [];
beforeAll(async () => {
  port = await freePort();
});

afterEach(async () => {
  for (const manager of managers.splice(0)) await manager.closeAllConnections({ timeoutMs: 1 });
});

function open(...options: ConstructorParameters<typeof ConnectionManager>): ConnectionManager {
  const manager = new ConnectionManager(...options);
  managers.push(manager);
  return manager;
}

/** The error of a retry that is shorter than the wait of what it does. */
async function failureOf(work: (signal: AbortSignal) => Promise<unknown>): Promise<BaseError> {
  try {
    await retry(({ signal }) => work(signal), { timeoutMs: 500 });
  } catch (error) {
    return error as BaseError;
  }
  throw new Error('It did not fail.');
}

test('the error of a retry has the reason why the connection that it waits for is not open', async () => {
  const manager = open({ redis: { url: `redis://127.0.0.1:${port}` } });
  // The library is loaded, and the first attempt has failed.
  await manager.redisConnection((redis) => redis.ping(), { timeoutMs: 2_000 }).catch(() => {});
  const uses = [
    () => manager.redisConnection((redis) => redis.get('a')),
    (signal: AbortSignal) => manager.redisConnection((redis) => redis.get('a'), { signal }),
  ];
  for (const use of uses) {
    const error = await failureOf(use);
    expect(error.message).toBe(
      'The work did not succeed within 500 ms, retries included. Last error: ' +
        'Connection "redis" is not available: it is not open yet. ' +
        `Last attempt: connect ECONNREFUSED 127.0.0.1:${port}.`,
    );
    expect(error.code).toBe(ErrorCode.OPERATION_TIMEOUT);
    expect(error.originalError).toMatchObject({ code: ErrorCode.CONNECTION_REFUSED });
  }
});

test('so has that of a pool', async () => {
  const manager = open();
  const pool = manager.register('own', {
    open: () => new Promise((_, reject) => createConnection(port, '127.0.0.1').on('error', reject)),
    close: async () => undefined,
  });
  const { message, originalError } = await failureOf(() => pool.use(() => undefined));
  expect(message).toContain(
    `Connection "own" is not available: it is not open yet. Last attempt: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
  expect(originalError).toMatchObject({ code: ErrorCode.CONNECTION_REFUSED });
});

test('a retry that no longer waits for a connection has the error of its last attempt', async () => {
  const manager = open();
  const pool = manager.register('own', { open: async () => ({}), close: async () => undefined });
  const busy = new BaseError({ code: ErrorCode.SERVICE_UNAVAILABLE, message: 'Busy.' });
  let attempts = 0;
  const error = await failureOf(async () => {
    await pool.use(() => undefined);
    attempts += 1;
    if (attempts === 1) throw busy;
    await new Promise(() => undefined);
  });
  expect(error.message).toBe(
    'The work did not succeed within 500 ms, retries included. Last error: Busy.',
  );
  expect(error.originalError).toBe(busy);
});
