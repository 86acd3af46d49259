import { describe, expect, test } from 'vitest';
import {
  type ConnectionEvent,
  ConnectionManager,
  type RegisteredConnection,
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

test('attempts that wait for their turn end with the manager', async () => {
  const manager = new ConnectionManager();
  const own = manager.register('own', {
    open: async () => {
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    },
    maxRetryDelayMs: 60_000,
    pool: { acquireTimeoutMs: 300 },
  });
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  await expect(own.use(() => 1)).rejects.toMatchObject({ code: 'CONNECTION_REFUSED_9001' });
  const waiting = timers();
  await manager.closeAllConnections();
  expect(timers()).toBe(waiting - 1);
});

test('a connection that is lost is never lent again', async () => {
  let lose: () => void = () => {};
  const { things, open, close } = factory();
  const manager = new ConnectionManager();
  const own = manager.register('own', {
    open: ({ lost }) => {
      lose = lost;
      return open();
    },
    close,
  });
  expect(await own.use(({ id }) => id)).toBe(0);
  expect(await own.use(({ id }) => id)).toBe(0);
  lose();
  expect(await own.use(({ id }) => id)).toBe(1);
  await manager.closeAllConnections();
  expect(things.at(-1)?.closed).toBe(true);
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

  test('keeps nobody waiting when everything is closed', async () => {
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
