import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Opened } from '../../src/core/driver.ts';
import { closedError } from '../../src/core/errors.ts';
import type { ConnectionEvent } from '../../src/core/observer.ts';
import { Opener } from '../../src/core/opener.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
  code: 'ECONNREFUSED',
});

/** An opener for one connection to a server that is there or not. */
function setUp(): {
  state: { isUp: boolean; isAwaited: boolean; error: Error };
  attempts: () => number;
  opened: Opened<string>[];
  refusals: unknown[];
  events: ConnectionEvent[];
  opener: Opener<string>;
} {
  const state = { isUp: false, isAwaited: false, error: refused as Error };
  const opened: Opened<string>[] = [];
  const refusals: unknown[] = [];
  const events: ConnectionEvent[] = [];
  let attempts = 0;
  const driver = {
    open: async () => {
      attempts += 1;
      if (!state.isUp) throw state.error;
      return 'connection';
    },
  };
  const settings = { name: 'x', kind: 'redis', connectTimeoutMs: 1_000, maxRetryDelayMs: 20 };
  const opener = new Opener<string>(driver, settings, (event) => events.push(event), {
    wanted: () => (opened.length === 0 ? 1 : 0),
    isAwaited: () => state.isAwaited,
    admit: (one) => opened.push(one),
    refuse: (error) => refusals.push(error),
  });
  return { state, attempts: () => attempts, opened, refusals, events, opener };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('while no caller waits', () => {
  test('the delay between attempts grows, and each is reported once', async () => {
    const { attempts, events, opener } = setUp();
    opener.update();
    await sleep(1_500);
    // With delays of 20 ms at most it would be more than 75.
    expect(attempts()).toBeLessThan(15);
    expect(events).toHaveLength(attempts());
    await opener.close(closedError('x'));
  });

  test('a caller, or news that the server is back, ends the delay at once', async () => {
    for (const news of ['caller', 'hurry'] as const) {
      const { opened, opener, state } = setUp();
      opener.update();
      await sleep(300);
      state.isUp = true;
      if (news === 'caller') state.isAwaited = true;
      if (news === 'caller') opener.update();
      else opener.hurry();
      await expect.poll(() => opened, { timeout: 10_000, interval: 5 }).toHaveLength(1);
      await opener.close(closedError('x'));
    }
  });
});

test('a server that closes each connection soon is not knocked at in a loop', async () => {
  let attempts = 0;
  let isKept = false;
  let isAwaited = false;
  const driver = {
    open: async () => {
      attempts += 1;
      return 'connection';
    },
  };
  const settings = { name: 'x', kind: 'redis', connectTimeoutMs: 1_000, maxRetryDelayMs: 20 };
  let isOpen = false;
  const opener: Opener<string> = new Opener<string>(driver, settings, undefined, {
    wanted: () => (isOpen ? 0 : 1),
    isAwaited: () => isAwaited,
    admit: () => {
      isOpen = true;
      if (isKept) return;
      setImmediate(() => {
        isOpen = false;
        opener.noteLife(1);
        opener.update();
      });
    },
    refuse: () => {},
  });
  opener.update();
  await sleep(1_500);
  // Without a pause it would be thousands.
  expect(attempts).toBeLessThan(20);
  isKept = true;
  isAwaited = true;
  opener.update();
  await expect.poll(() => isOpen, { timeout: 10_000, interval: 5 }).toBe(true);
  await opener.close(closedError('x'));
});

test('while a caller waits, attempts follow each other within the longest delay', async () => {
  const { attempts, opener, state } = setUp();
  state.isAwaited = true;
  opener.update();
  await expect.poll(attempts, { timeout: 10_000 }).toBeGreaterThan(10);
  expect(opener.unavailableError('it did not open').message).toBe(
    'Connection "x" is not available: it did not open. Last attempt: connect ECONNREFUSED 127.0.0.1:1.',
  );
  await opener.close(closedError('x'));
  const before = attempts();
  await sleep(50);
  expect(attempts()).toBe(before);
});

test('an error that a retry cannot fix ends the attempts and is remembered for a moment', async () => {
  const { attempts, opener, refusals, state } = setUp();
  state.error = new Error('WRONGPASS invalid username-password pair');
  state.isAwaited = true;
  opener.update();
  await expect.poll(() => refusals).toHaveLength(1);
  expect(attempts()).toBe(1);
  expect(opener.refusal).toMatchObject({ code: 'REDIS_AUTH_FAILED_9102' });
  await expect.poll(() => opener.refusal).toBeUndefined();
  state.isUp = true;
  opener.update();
  await expect.poll(() => opener.opened).toBe(1);
});

describe('a test that replaces the timers', () => {
  test('does not end the attempts with its fake ones', async () => {
    const { opened, opener, state } = setUp();
    state.isAwaited = true;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    opener.update();
    while (opener.lastError === undefined) await new Promise((resolve) => setImmediate(resolve));
    vi.useRealTimers();
    state.isUp = true;
    opener.update();
    await expect.poll(() => opened, { timeout: 20_000 }).toHaveLength(1);
    await opener.close(closedError('x'));
  });

  test('does not prolong a refusal with another clock', async () => {
    const { opener, refusals, state } = setUp();
    state.error = Object.assign(new Error('WRONGPASS invalid'), { code: 'WRONGPASS' });
    opener.update();
    await expect.poll(() => refusals, { timeout: 20_000 }).toHaveLength(1);
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    expect(opener.refusal).toBeUndefined();
    await opener.close(closedError('x'));
  });
});
