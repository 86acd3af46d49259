import { HealthRegistry } from '@map/lifecycle';
import { expect, test } from 'vitest';

const never = () => new Promise<never>(() => undefined);

test('checks run side by side and each is reported', async () => {
  const health = new HealthRegistry();
  let running = 0;
  let most = 0;
  const check = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running -= 1;
  };
  for (const name of ['a', 'b', 'c']) health.register(name, check);
  const report = await health.ready();
  expect(most).toBe(3);
  expect(report.status).toBe('pass');
  expect(Object.keys(report.checks)).toEqual(['a', 'b', 'c']);
});

test('a failing, a false and a throwing check make readiness fail, with the reason', async () => {
  const health = new HealthRegistry();
  health.register('false', () => false);
  health.register('throws', () => {
    throw new Error('down');
  });
  const { status, checks } = await health.ready();
  expect(status).toBe('fail');
  expect(checks['false']).toMatchObject({
    status: 'fail',
    error: 'The health check returned false.',
  });
  expect(checks['throws']?.error).toContain('down');
});

test('a check that is not required only degrades', async () => {
  const health = new HealthRegistry();
  health.register('main', () => true);
  health.register('extra', () => false, { required: false });
  expect((await health.ready()).status).toBe('warn');
});

test('a hanging check is reported, not waited for and not started again until it settles', async () => {
  const health = new HealthRegistry({ timeoutMs: 20, cacheMs: 0 });
  let started = 0;
  let release: () => void = () => undefined;
  health.register('stuck', () => {
    started += 1;
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  expect((await health.ready()).checks['stuck']?.hanging).toBe(true);
  expect((await health.ready()).checks['stuck']?.hanging).toBe(true);
  expect(started).toBe(1);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  const again = health.ready();
  await new Promise((resolve) => setImmediate(resolve));
  release();
  expect((await again).checks['stuck']?.status).toBe('pass');
  expect(started).toBe(2);
});

test('results are shared between callers and used again for a moment', async () => {
  const health = new HealthRegistry({ cacheMs: 60_000 });
  let runs = 0;
  health.register('a', () => {
    runs += 1;
  });
  await Promise.all([health.ready(), health.ready()]);
  await health.ready();
  expect(runs).toBe(1);
});

test('a check that took more than half of its limit is named slow', async () => {
  const health = new HealthRegistry();
  health.register('slow', () => new Promise((resolve) => setTimeout(resolve, 60)), {
    timeoutMs: 100,
  });
  health.register('fast', () => true);
  const { checks } = await health.ready();
  expect(checks['slow']?.slow).toBe(true);
  expect(checks['fast']?.slow).toBeUndefined();
});

test('liveness touches no check', async () => {
  const health = new HealthRegistry();
  health.register('stuck', never);
  expect(health.live()).toEqual({ status: 'pass', checks: {} });
});

test('not ready has its reason, whatever the checks say', async () => {
  const health = new HealthRegistry();
  health.register('a', () => true);
  health.setNotReady('shutting down');
  expect(await health.ready()).toMatchObject({ status: 'fail', reason: 'shutting down' });
  health.setNotReady(undefined);
  expect((await health.ready()).status).toBe('pass');
});

test('a name that is taken and a limit out of range are coded errors', () => {
  const health = new HealthRegistry();
  const remove = health.register('a', () => true);
  expect(() => health.register('a', () => true)).toThrow(/"a" already exists/);
  for (const timeoutMs of [0, -1, Number.NaN, 60_001]) {
    expect(() => health.register('b', () => true, { timeoutMs })).toThrow(
      /must be a number of milliseconds from 1 to 60000/,
    );
  }
  remove();
  health.register('a', () => true);
});

test('a report has no secret in the names of checks, in errors and in the reason', async () => {
  const health = new HealthRegistry();
  health.register('redis://app:planted-1@h/', () => {
    throw new Error('connect postgres://app:planted-2@h/ failed');
  });
  health.setNotReady('waits for token=planted-3');
  const report = await health.ready();
  expect(Object.keys(report.checks)).toEqual(['redis://app:**********@h/']);
  expect(report.reason).toBe('waits for token=**********');
  expect(JSON.stringify(report)).not.toContain('planted');
});
