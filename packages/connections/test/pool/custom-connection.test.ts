import { EventEmitter, once } from 'node:events';
import { BaseError, isRetryable } from '@map/errors';
import { describe, expect, test, vi } from 'vitest';
import {
  type ConnectionEvent,
  ConnectionManager,
  type RegisteredConnection,
  type UseContext,
} from '../../src/index.ts';

interface Thing {
  readonly id: number;
  closed: boolean;
}

function factory(): {
  things: Thing[];
  open: () => Promise<Thing>;
  close: (t: Thing) => Promise<void>;
} {
  const things: Thing[] = [];
  return {
    things,
    open: async () => {
      const thing = { id: things.length, closed: false };
      things.push(thing);
      return thing;
    },
    close: async (thing) => {
      thing.closed = true;
    },
  };
}

/** A connection that the test loses whenever it likes. */
function losable(): {
  manager: ConnectionManager;
  own: RegisteredConnection<Thing>;
  things: Thing[];
  lose: (error?: Error) => void;
} {
  let lost: (error?: Error) => void = () => {};
  const { things, open, close } = factory();
  const manager = new ConnectionManager();
  const own = manager.register('own', {
    open: (context) => {
      lost = context.lost;
      return open();
    },
    close,
  });
  return { manager, own, things, lose: (error) => lost(error) };
}

test('attempts that wait for their turn end with the manager', async () => {
  let failed: () => void = () => {};
  const hasFailed = new Promise<void>((resolve) => (failed = resolve));
  const observe = ({ type }: ConnectionEvent): void => {
    if (type === 'open') failed();
  };
  const manager = new ConnectionManager({ observer: { observe } });
  const own = manager.register('own', {
    open: async () => {
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    },
    maxRetryDelayMs: 60_000,
  });
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const used = own.use(() => 1);
  used.catch(() => {});
  await hasFailed;
  await manager.closeAllConnections({ timeoutMs: 1 });
  await expect(used).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
  // Other files of this process have timers too, which end.
  await expect.poll(timers).toBeLessThanOrEqual(before);
});

test('a server that is away is the reason, not the number of connections', async () => {
  const manager = new ConnectionManager();
  const own = manager.register('own', {
    open: async () => {
      throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    },
    pool: { acquireTimeoutMs: 1_000 },
  });
  const attempts = [own.use(() => 1), own.acquire(), own.acquire({ timeoutMs: 900 })];
  for (const attempt of await Promise.allSettled(attempts)) {
    expect(attempt).toMatchObject({
      reason: {
        code: 'CONNECTION_REFUSED_9001',
        message: expect.stringMatching(
          /^Connection "own" is not available: it did not open within \d+ ms\. Last attempt: connect ECONNREFUSED 127\.0\.0\.1:1\.$/,
        ),
        details: { pool: 'own', in_use: 0, max: 10 },
      },
    });
  }
  await manager.closeAllConnections();
});

test('work that was sent and got no reply in time is not said to be repeatable', async () => {
  const manager = new ConnectionManager();
  const own = manager.register('own', { open: async () => 1, operationTimeoutMs: 20 });
  const insert = own.use(() => new Promise(() => {}), { operation: 'insert' });
  const error = await insert.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'CONNECTION_TIMEOUT_9003', retryable: false });
  expect(isRetryable(error, { idempotent: false })).toBe(false);
  expect(isRetryable(error, { idempotent: true })).toBe(true);
  expect(isRetryable(BaseError.fromJSON(JSON.stringify(error)))).toBe(false);
  await manager.closeAllConnections({ timeoutMs: 1 });
});

test('a connection that is lost is never leased again', async () => {
  const { manager, own, things, lose } = losable();
  expect(await own.use(({ id }) => id)).toBe(0);
  expect(await own.use(({ id }) => id)).toBe(0);
  lose();
  expect(await own.use(({ id }) => id)).toBe(1);
  await manager.closeAllConnections();
  expect(things.at(-1)?.closed).toBe(true);
});

test('work whose connection is lost is notified, and fails with the reason', async () => {
  const { manager, own, lose } = losable();
  const reset = new Error('reset by the server');
  const lost = { code: 'CONNECTION_RESET_9002', originalError: reset };
  const message = 'Connection "own" was lost during ask.';
  // It may pass the signal on, or listen to it.
  const waits = [
    (signal: AbortSignal) => once(new EventEmitter(), 'reply', { signal }),
    (signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  ];
  for (const wait of waits) {
    const use = own.use((_, { signal }) => wait(signal), { operation: 'ask' });
    setTimeout(() => lose(reset), 5);
    await expect(use).rejects.toMatchObject(lost);
    await expect(use).rejects.toThrow(message);
  }
  // Work that does not need the connection any more ends as it does without a loss.
  const done = own.use(async ({ id }) => {
    lose(reset);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return id;
  });
  expect(await done).toBe(2);
  expect(await own.use(({ id }, { signal }) => [id, signal.aborted])).toEqual([3, false]);
  await manager.closeAllConnections();
});

test('work is notified of its time limit and of the abort by its caller', async () => {
  const { open, close } = factory();
  const manager = new ConnectionManager();
  const own = manager.register('own', { open, close, operationTimeoutMs: 10 });
  const reasons: unknown[] = [];
  let begin: () => void = () => {};
  const work = (_: Thing, { signal }: UseContext) =>
    new Promise<never>(() => {
      signal.addEventListener('abort', () => reasons.push(signal.reason.code));
      begin();
    });
  await expect(own.use(work)).rejects.toMatchObject({ code: 'CONNECTION_TIMEOUT_9003' });
  const caller = new AbortController();
  begin = () => caller.abort();
  const use = own.use(work, { signal: caller.signal });
  await expect(use).rejects.toMatchObject({ code: 'OPERATION_CANCELLED_1003' });
  expect(reasons).toEqual(['CONNECTION_TIMEOUT_9003', 'OPERATION_CANCELLED_1003']);
  await manager.closeAllConnections({ timeoutMs: 1 });
});

test('a connection that comes too late is closed, not leaked', async () => {
  const { things, open, close } = factory();
  const manager = new ConnectionManager();
  const waits = [60];
  const own = manager.register('own', {
    open: async () => {
      await new Promise((resolve) => setTimeout(resolve, waits.shift() ?? 0));
      return open();
    },
    close,
    connectTimeoutMs: 20,
  });
  await own.use(() => {});
  await expect.poll(() => things.filter(({ closed }) => closed)).toHaveLength(1);
  expect(things).toHaveLength(2);
  await manager.closeAllConnections();
});

test('an open that throws at once, or reset that fails, breaks nothing', async () => {
  const { open, close } = factory();
  const manager = new ConnectionManager();
  let first = true;
  const own = manager.register('own', {
    open: () => {
      if (!first) return open();
      first = false;
      throw new Error('not yet');
    },
    reset: async () => {
      throw new Error('no');
    },
    close,
  });
  expect(await own.use(({ id }) => id)).toBe(0);
  expect(await own.use(({ id }) => id)).toBe(1);
  await manager.closeAllConnections();
});

describe('an idle connection that no longer works', () => {
  /** Something idle, whose next check ends as told. */
  async function idle(
    check: () => Promise<unknown>,
  ): Promise<{ manager: ConnectionManager; own: RegisteredConnection<Thing>; waits: string[] }> {
    const waits: string[] = [];
    const { open, close } = factory();
    const observe = (event: ConnectionEvent): void => {
      if (event.type === 'wait') waits.push(event.status);
    };
    const manager = new ConnectionManager({ observer: { observe } });
    const own = manager.register('own', {
      open,
      check,
      close,
      connectTimeoutMs: 200,
      pool: { max: 2, acquireTimeoutMs: 500 },
    });
    await own.use(() => {});
    // For longer than a connection is trusted without a check.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    waits.length = 0;
    return { manager, own, waits };
  }

  test('is replaced, and costs no other', async () => {
    const { manager, own, waits } = await idle(() => Promise.reject(new Error('gone')));
    for (let round = 0; round < 5; round++) expect(await own.use(({ id }) => id)).toBe(1);
    expect(waits).toEqual(Array(5).fill('success'));
    expect(manager.stats()['own']).toMatchObject({ open: 1, inUse: 0, waiting: 0, pending: 0 });
    await manager.closeAllConnections();
  });

  test('keeps no caller waiting when everything is closed', async () => {
    const { manager, own } = await idle(() => new Promise(() => {}));
    const borrowed = own.use(() => 'done');
    const closing = manager.closeAllConnections({ timeoutMs: 50 });
    await expect(borrowed).rejects.toMatchObject({ code: 'CLIENT_CLOSED_9007' });
    await closing;
    expect(manager.stats()['own']).toMatchObject({ open: 0, inUse: 0, waiting: 0, pending: 0 });
  });
});

test('a connection that is lost as soon as it is open is opened again with patience', async () => {
  const { things, open } = factory();
  const manager = new ConnectionManager();
  let losing = true;
  const own = manager.register('own', {
    open: ({ lost }) => {
      if (losing) lost();
      return open();
    },
    maxRetryDelayMs: 50,
    pool: { acquireTimeoutMs: 300 },
  });
  await expect(own.use(({ id }) => id)).rejects.toMatchObject({ code: 'CONNECTION_RESET_9002' });
  expect(things.length).toBeLessThan(200);
  losing = false;
  expect(await own.use(() => 'done')).toBe('done');
  await manager.closeAllConnections();
});

test('a connection that is being cleaned when everything is closed is closed too', async () => {
  const { things, open, close } = factory();
  const manager = new ConnectionManager();
  let clean: (ok: boolean) => void = () => {};
  const own = manager.register('own', {
    open,
    reset: () => new Promise<boolean>((resolve) => (clean = resolve)),
    close,
  });
  const lease = await own.acquire();
  const released = lease.release();
  await manager.closeAllConnections({ timeoutMs: 100 });
  expect(things).toEqual([{ id: 0, closed: true }]);
  clean(true);
  await released;
  expect(manager.stats()['own']).toMatchObject({ open: 0, closed: 1 });
});

test('a connection is closed when it is old or idle', async () => {
  const { things, open, close } = factory();
  const events: ConnectionEvent[] = [];
  const manager = new ConnectionManager({ observer: { observe: (event) => events.push(event) } });
  const own = manager.register('own', { open, close, pool: { idleTimeoutMs: 10 } });
  const old = manager.register('old', { open, close, pool: { maxLifetimeMs: 1 } });
  await own.use(() => {});
  await expect.poll(() => things[0]?.closed).toBe(true);
  await old.use(() => new Promise((resolve) => setTimeout(resolve, 5)));
  await expect.poll(() => things[1]?.closed).toBe(true);
  expect(events.flatMap((event) => (event.type === 'close' ? [event.reason] : []))).toEqual([
    'idle',
    'expired',
  ]);
  await manager.closeAllConnections();
});

test('an observer that throws changes nothing', async () => {
  const { open, close } = factory();
  const manager = new ConnectionManager({
    observer: {
      observe: () => {
        throw new Error('observer');
      },
    },
  });
  const own = manager.register('own', { open, close });
  expect(await own.use(({ id }) => id)).toBe(0);
  await manager.closeAllConnections();
});

// Vitest fails for a rejection that nothing handles, as Node ends a process for it.
test('an observer and a logger that reject or throw change nothing', async () => {
  for (const fail of [
    () => {
      throw new Error('closed');
    },
    async () => {
      throw new Error('closed');
    },
  ]) {
    const { open, close } = factory();
    const warn = vi.fn(fail);
    const manager = new ConnectionManager({
      observer: { observe: fail },
      logger: { debug: fail, info: fail, warn, error: fail },
    });
    const own = manager.register('own', { open, close, pool: { leakWarningMs: 1 } });
    const lease = await own.acquire();
    await expect.poll(() => warn.mock.calls).toHaveLength(1);
    await lease.release();
    await manager.closeAllConnections();
  }
});

test('loading that does not end is left when everything is closed', async () => {
  const manager = new ConnectionManager();
  const { open, close, things } = factory();
  const load = () => new Promise<never>(() => {});
  const own = manager.register('own', { load, open, close });
  await expect(own.use(() => 1, { timeoutMs: 20 })).rejects.toMatchObject({
    code: 'CONNECTION_ERROR_9000',
  });
  await manager.closeAllConnections({ timeoutMs: 20 });
  expect(things).toEqual([]);
});
