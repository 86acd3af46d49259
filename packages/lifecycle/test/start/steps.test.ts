import { ConfigurationError, defineErrors, ErrorCode, SystemError } from '@map/errors';
import { createLifecycle, type LifecycleLogger, type Step } from '@map/lifecycle';
import { expect, test } from 'vitest';

type Line = readonly [level: string, message: string, fields: Record<string, unknown>];

function recorder() {
  const seen: string[] = [];
  const lines: Line[] = [];
  const at = (level: string) => (message: string, fields?: object) =>
    lines.push([level, message, { ...fields }]);
  const logger: LifecycleLogger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    critical: at('critical'),
  };
  const step = (name: string, more: Partial<Step> = {}): Step => ({
    name,
    timeoutMs: 1_000,
    run: () => {
      seen.push(`+${name}`);
      return () => seen.push(`-${name}`);
    },
    ...more,
  });
  const fails = (name: string, thrown: unknown) =>
    step(name, { run: () => Promise.reject(thrown) });
  return { seen, lines, step, fails, app: createLifecycle({ logger }) };
}

test('steps run in order, are reported with their durations, and readiness passes after them', async () => {
  const { seen, lines, step, app } = recorder();
  expect(await app.health.ready()).toMatchObject({ status: 'fail', reason: 'starting' });
  const started = app.start([step('a'), step('b'), step('c')]);
  expect(app.starting).toBe(true);
  const reports = await started;
  expect(seen).toEqual(['+a', '+b', '+c']);
  expect(reports.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(reports.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  expect(lines.map(([, , { step: name }]) => name)).toEqual(['a', 'b', 'c']);
  expect(app.starting).toBe(false);
  expect((await app.health.ready()).status).toBe('pass');
  expect(await app.start([step('d')])).toBe(reports);
});

test('a failing step reverts the earlier ones, last first, and is named in the error', async () => {
  const { seen, lines, step, fails, app } = recorder();
  const cause = new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: 'REDIS_URL is wrong.',
    details: { variable: 'REDIS_URL' },
  });
  const steps = [step('a'), step('b'), fails('c', cause), step('d')];
  const error = await app.start(steps).catch((e) => e);
  expect(seen).toEqual(['+a', '+b', '-b', '-a']);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.code).toBe(ErrorCode.CONFIG_INVALID);
  expect(error.message).toBe('Start-up failed at step 3 (c): REDIS_URL is wrong.');
  expect(error.details).toMatchObject({ variable: 'REDIS_URL', step: 'c', undone: ['b', 'a'] });
  expect(error.originalError).toBe(cause);
  expect(lines.at(-1)).toMatchObject([
    'critical',
    error.message,
    { error_code: 'CONFIG_INVALID_3002', details: { step: 'c' } },
  ]);
  // The message and the details are those of the cause as well.
  for (const repeated of ['error_message', 'original_error', 'cause']) {
    expect(lines.at(-1)?.[2]).not.toHaveProperty(repeated);
  }
});

test('the hooks that were registered by then run before the steps are reverted', async () => {
  const { seen, step, fails, app } = recorder();
  const opens = step('b', {
    run: () => {
      app.onShutdown('server', () => seen.push('server'));
      app.onShutdown('database', () => seen.push('database'), 'close');
      app.onShutdown('consumer', () => seen.push('consumer'));
      return () => seen.push('-b');
    },
  });
  await app.start([step('a'), opens, fails('c', new Error('broken'))]).catch(() => undefined);
  expect(seen).toEqual(['+a', 'consumer', 'server', 'database', '-b', '-a']);
  expect(() => app.onShutdown('late', () => undefined)).toThrow(/has begun/);
  expect(await app.shutdown()).toMatchObject({ ok: true, reason: 'start-up failed' });
  expect(app.draining.aborted).toBe(true);
});

test('the error of a failing step is of the class of its code, an own class included', async () => {
  const { Error: BillingError, ErrorCode: Billing } = defineErrors({
    category: 'billing',
    errors: {
      BANK_CLOSED: {
        number: 10_907,
        httpStatus: 503,
        grpcCode: 'UNAVAILABLE',
        retry: 'no',
        userMessage: 'The bank is closed.',
      },
    },
  });
  const own = new BillingError({
    code: Billing.BANK_CLOSED,
    message: 'Closed.',
    retryable: true,
    retryAfterMs: 50,
  });
  const errorOf = (thrown: unknown) => {
    const { app, fails } = recorder();
    return app.start([fails('a', thrown)]).catch((e) => e);
  };
  const error = await errorOf(own);
  expect(error).toBeInstanceOf(BillingError);
  expect(error).toMatchObject({ code: own.code, retryable: true, retryAfterMs: 50 });
  expect(await errorOf(new Error('x'))).toBeInstanceOf(ConfigurationError);
});

test('a revert that fails is named and does not stop the others', async () => {
  const { seen, step, fails, app } = recorder();
  const stubborn = step('b', {
    run: () => () => {
      throw new Error('no');
    },
  });
  const steps = [step('a'), stubborn, fails('c', new Error('broken'))];
  const error = await app.start(steps).catch((e) => e);
  expect(seen).toEqual(['+a', '-a']);
  expect(error.details).toMatchObject({ step: 'c', undone: ['b', 'a'], not_undone: ['b'] });
  expect(await app.ended).toMatchObject({ ok: false, notEnded: ['b'] });
});

test('a step past its limit fails with a timeout, and is reverted when it completes after all', async () => {
  const { seen, step, app } = recorder();
  const finished = Promise.withResolvers<() => void>();
  const slow = step('b', { timeoutMs: 20, run: () => finished.promise });
  const error = await app.start([step('a'), slow]).catch((e) => e);
  expect(error).toBeInstanceOf(SystemError);
  expect(error.code).toBe(ErrorCode.OPERATION_TIMEOUT);
  expect(error.message).toContain('step 2 (b)');
  expect(seen).toEqual(['+a', '-a']);
  await new Promise<void>((resolve) => finished.resolve(resolve));
});

test('a shutdown during the start interrupts the step that is running and reverts the others', async () => {
  const { seen, step, app } = recorder();
  const running = Promise.withResolvers<AbortSignal>();
  const endless = step('b', {
    run: (signal) => {
      running.resolve(signal);
      return new Promise(() => undefined);
    },
  });
  const started = app.start([step('a'), endless, step('c')]).catch((e) => e);
  const signal = await running.promise;
  const report = await app.shutdown('SIGTERM');
  expect(report).toMatchObject({ ok: true, reason: 'SIGTERM', notEnded: [] });
  expect(signal.aborted).toBe(true);
  expect(seen).toEqual(['+a', '-a']);
  expect(await started).toMatchObject({
    code: 'OPERATION_CANCELLED_1003',
    message: 'Start-up failed at step 2 (b): It was interrupted by SIGTERM.',
  });
});

test.each<[string, unknown, string]>([
  ['steps', null, 'null'],
  ['steps', { name: 'a' }, 'an object'],
  ['name', [null], 'undefined'],
  ['name', [{ name: Symbol('a'), run: () => undefined }], 'a symbol'],
  ['run', [{ name: 'a', run: 5 }], '5'],
])('`%s` that cannot be used is refused: %j', async (option, steps, got) => {
  const app = createLifecycle();
  await expect(app.start(steps as never)).rejects.toMatchObject({
    code: ErrorCode.CONFIG_INVALID,
    message: expect.stringContaining(`got ${got}.`),
    details: { option },
  });
  expect(await app.shutdown()).toMatchObject({ ok: true });
});

test('a getter of a step that throws is not one of the start', async () => {
  const { step, seen, app } = recorder();
  const refuse = (): never => {
    throw new Error('getter');
  };
  const second = Object.defineProperty(step('b'), 'timeoutMs', { get: refuse });
  await app.start([step('a'), second]);
  expect(seen).toEqual(['+a', '+b']);
  expect(await app.shutdown()).toMatchObject({ ok: true });

  const other = createLifecycle();
  const nameless = Object.defineProperty(step('c'), 'name', { get: refuse });
  await expect(other.start([step('a'), nameless])).rejects.toMatchObject({
    code: ErrorCode.CONFIG_INVALID,
  });
  expect(seen).toEqual(['+a', '+b']);
  expect(await other.shutdown()).toMatchObject({ ok: true });
});
