import { ConfigurationError, defineErrors, ErrorCode, SystemError } from '@map/errors';
import { expect, test } from 'vitest';
import { runSteps, type Step } from '../src/step.ts';

function recorder() {
  const seen: string[] = [];
  const step = (name: string, more: Partial<Step> = {}): Step => ({
    name,
    timeoutMs: 1_000,
    run: () => {
      seen.push(`+${name}`);
      return () => seen.push(`-${name}`);
    },
    ...more,
  });
  return { seen, step };
}

test('steps run in order and are reported with their time', async () => {
  const { seen, step } = recorder();
  const heard: string[] = [];
  const done = await runSteps([step('a'), step('b'), step('c')], {
    onStep: ({ name }) => heard.push(name),
  });
  expect(seen).toEqual(['+a', '+b', '+c']);
  expect(heard).toEqual(['a', 'b', 'c']);
  expect(done.reports.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(done.reports.every(({ durationMs }) => durationMs >= 0)).toBe(true);
});

test('a failing step takes the earlier ones back, last first, and is named in the error', async () => {
  const { seen, step } = recorder();
  const cause = new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: 'REDIS_URL is wrong.',
    details: { variable: 'REDIS_URL' },
  });
  const failing = step('c', {
    run: () => {
      throw cause;
    },
  });
  const error = await runSteps([step('a'), step('b'), failing, step('d')]).catch((e) => e);
  expect(seen).toEqual(['+a', '+b', '-b', '-a']);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.code).toBe(ErrorCode.CONFIG_INVALID);
  expect(error.message).toBe('Start-up failed at step 3 (c): REDIS_URL is wrong.');
  expect(error.details).toMatchObject({ variable: 'REDIS_URL', step: 'c', undone: ['b', 'a'] });
  expect(error.originalError).toBe(cause);
});

test('the error of a failing step is of the class of its code, an own one too', async () => {
  const { step } = recorder();
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
  const failing = (thrown: unknown) => step('a', { run: () => Promise.reject(thrown) });
  const error = await runSteps([failing(own)]).catch((e) => e);
  expect(error).toBeInstanceOf(BillingError);
  expect(error).toMatchObject({ code: own.code, retryable: true, retryAfterMs: 50 });
  const hanging = step('b', { timeoutMs: 1, run: () => new Promise(() => undefined) });
  expect(await runSteps([hanging]).catch((e) => e)).toBeInstanceOf(SystemError);
  expect(await runSteps([failing(new Error('x'))]).catch((e) => e)).toBeInstanceOf(
    ConfigurationError,
  );
});

test('an undo that fails is named and does not stop the others', async () => {
  const { seen, step } = recorder();
  const stubborn = step('b', {
    run: () => () => {
      throw new Error('no');
    },
  });
  const failing = step('c', { run: () => Promise.reject(new Error('broken')) });
  const error = await runSteps([step('a'), stubborn, failing]).catch((e) => e);
  expect(seen).toEqual(['+a', '-a']);
  expect(error.details).toMatchObject({ step: 'c', undone: ['b', 'a'], not_undone: ['b'] });
});

test('a step past its limit fails with a timeout, and what it brings later is taken back', async () => {
  const { seen, step } = recorder();
  let finish: (undo: () => void) => void = () => undefined;
  const slow = step('b', {
    timeoutMs: 20,
    run: () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  });
  const error = await runSteps([step('a'), slow]).catch((e) => e);
  expect(error.code).toBe(ErrorCode.OPERATION_TIMEOUT);
  expect(error.message).toContain('step 2 (b)');
  expect(seen).toEqual(['+a', '-a']);
  await new Promise<void>((resolve) => finish(() => resolve()));
});

test('undo of a finished run takes everything back once', async () => {
  const { seen, step } = recorder();
  const done = await runSteps([step('a'), step('b')]);
  expect(await done.undo()).toEqual([]);
  expect(await done.undo()).toEqual([]);
  expect(seen).toEqual(['+a', '+b', '-b', '-a']);
});
