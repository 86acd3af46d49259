import { expect, test } from 'vitest';
import { Lifecycle, type LifecycleOptions } from '../src/lifecycle.ts';

function lifecycle(seen: string[], more: Partial<LifecycleOptions> = {}) {
  return new Lifecycle({
    timeoutMs: 1_000,
    delayMs: 0,
    onBegin: (reason) => seen.push(`begin ${reason}`),
    endings: [
      { name: 'connections', share: 0.3, run: () => seen.push('connections') },
      { name: 'logs', share: 0.2, run: () => seen.push('logs') },
    ],
    ...more,
  });
}

test('drain hooks last first, then tasks, then close hooks, then the platform', async () => {
  const seen: string[] = [];
  const life = lifecycle(seen);
  life.onShutdown('db', () => seen.push('db'), 'close');
  life.onShutdown('cache', () => seen.push('cache'), 'close');
  life.onShutdown('http', () => seen.push('http'));
  life.onShutdown('consumer', () => seen.push('consumer'));
  const end = life.inFlight.begin('task');
  const shutdown = life.shutdown('test');
  setTimeout(() => {
    seen.push('task');
    end();
  }, 20);
  const report = await shutdown;
  expect(seen).toEqual([
    'begin test',
    'consumer',
    'http',
    'task',
    'cache',
    'db',
    'connections',
    'logs',
  ]);
  expect(report).toMatchObject({ ok: true, reason: 'test', notEnded: [] });
});

test('a second call gives the first outcome, and a hook that comes too late is refused', async () => {
  const seen: string[] = [];
  const life = lifecycle(seen);
  const first = life.shutdown('one');
  expect(life.shutdown('two')).toBe(first);
  expect(() => life.onShutdown('late', () => undefined)).toThrow(/has begun/);
  expect((await first).reason).toBe('one');
});

test('a hook that was taken back does not run', async () => {
  const seen: string[] = [];
  const life = lifecycle(seen);
  life.onShutdown('gone', () => seen.push('gone'))();
  await life.shutdown('test');
  expect(seen).not.toContain('gone');
});

test('tasks that do not end are told to give up and are named', async () => {
  const life = lifecycle([], { timeoutMs: 60 });
  let told: unknown;
  life.inFlight.begin('ingest', {
    onAbandoned: (reason) => {
      told = reason;
    },
  });
  life.inFlight.begin('ingest');
  life.inFlight.begin('plan');
  const report = await life.shutdown('test');
  expect(report.ok).toBe(false);
  expect(report.notEnded).toEqual(['tasks']);
  expect(report.endings.find(({ name }) => name === 'tasks')?.error).toContain('ingest ×2, plan');
  expect(told).toMatchObject({ code: 'OPERATION_TIMEOUT_1002' });
});

test('traffic is served during the delay: hooks wait for it', async () => {
  const seen: string[] = [];
  const life = lifecycle(seen, { delayMs: 50 });
  life.onShutdown('http', () => seen.push('http'));
  const shutdown = life.shutdown('test');
  setTimeout(() => seen.push('request'), 5);
  await shutdown;
  expect(seen.indexOf('request')).toBeLessThan(seen.indexOf('http'));
});

test('a delay out of range is a coded error that names the limit', () => {
  for (const delayMs of [-1, 501, Number.NaN]) {
    expect(() => lifecycle([], { delayMs })).toThrow(
      /Use 0 to half of SHUTDOWN_TIMEOUT \(1000 ms\)/,
    );
  }
});

test('a limit that leaves no time is a coded error', () => {
  for (const timeoutMs of [0, -1, Number.NaN]) {
    expect(() => lifecycle([], { timeoutMs })).toThrow(/Set SHUTDOWN_TIMEOUT to at least 1ms/);
  }
});
