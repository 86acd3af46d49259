import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BaseError, ErrorCode } from '../../src/index.ts';
import { retry } from '../../src/retry.ts';

const quick = { baseDelayMs: 1, maxDelayMs: 5 };
const failing = (code: ErrorCode, retryAfterMs?: number) =>
  new BaseError({ code, message: 'It failed.', retryAfterMs });
const caught = (running: Promise<unknown>): Promise<BaseError> =>
  running.then(
    () => expect.unreachable('It succeeded.'),
    (error) => error as BaseError,
  );

test('what the code calls retryable is run again, and the result comes back', async () => {
  const seen: number[] = [];
  const retries: unknown[] = [];
  const result = await retry(
    ({ attempt }) => {
      seen.push(attempt);
      if (attempt < 3) throw failing(ErrorCode.LLM_TIMEOUT);
      return 'done';
    },
    { ...quick, onRetry: ({ attempt, error }) => retries.push([attempt, error.code]) },
  );
  expect(result).toBe('done');
  expect(seen).toEqual([1, 2, 3]);
  expect(retries).toEqual([
    [1, ErrorCode.LLM_TIMEOUT],
    [2, ErrorCode.LLM_TIMEOUT],
  ]);
});

test('the last error comes with what was done; one attempt changes nothing', async () => {
  const last = failing(ErrorCode.SERVICE_UNAVAILABLE);
  const error = await caught(retry(() => Promise.reject(last), quick));
  expect(error).toBe(last);
  expect(error.details).toMatchObject({ attempts: 3 });
  expect(error.details['waited_ms']).toBeGreaterThanOrEqual(0);
  const hopeless = failing(ErrorCode.VALIDATION_ERROR);
  await expect(retry(() => Promise.reject(hopeless), quick)).rejects.toBe(hopeless);
  expect(hopeless.details).toEqual({});
});

test('a foreign error is converted, and its condition decides', async () => {
  const reset = () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' }));
  const once = await caught(retry(reset, quick));
  expect(once.code).toBe(ErrorCode.CONNECTION_RESET);
  expect(once.details['attempts']).toBeUndefined();
  const twice = await caught(retry(reset, { ...quick, idempotent: true, maxAttempts: 2 }));
  expect(twice.details['attempts']).toBe(2);
});

test('the wait that an error asks for is kept, up to the largest', async () => {
  const delays: number[] = [];
  const asks = (ms: number) => () => Promise.reject(failing(ErrorCode.RATE_LIMITED, ms));
  await caught(
    retry(asks(20), { ...quick, maxAttempts: 2, onRetry: ({ delayMs }) => delays.push(delayMs) }),
  );
  expect(delays).toHaveLength(1);
  expect(delays[0]).toBeGreaterThanOrEqual(20);
  expect(delays[0]).toBeLessThanOrEqual(22);
  const error = await caught(retry(asks(5_000), { maxRetryAfterMs: 1_000 }));
  expect(error.details['attempts']).toBeUndefined();
});

test('a wait past the time limit is not begun: the cause is thrown at once', async () => {
  const error = await caught(
    retry(() => Promise.reject(failing(ErrorCode.RATE_LIMITED, 30_000)), { timeoutMs: 20_000 }),
  );
  expect(error.code).toBe(ErrorCode.RATE_LIMITED);
});

test('an attempt that outlives the time limit is aborted, with the last failure as the cause', async () => {
  let signal: AbortSignal | undefined;
  const first = failing(ErrorCode.LLM_TIMEOUT);
  const error = await caught(
    retry(
      (given) => {
        signal = given.signal;
        if (given.attempt === 1) throw first;
        return new Promise(() => undefined);
      },
      // Long enough for a first attempt on a busy machine.
      { timeoutMs: 1_000, baseDelayMs: 0 },
    ),
  );
  expect(error.code).toBe(ErrorCode.OPERATION_TIMEOUT);
  expect(error.originalError).toBe(first);
  expect(error.details).toMatchObject({ attempts: 2, timeout_ms: 1_000 });
  expect(signal?.aborted).toBe(true);
});

test.each(['attempt', 'wait', 'start'])('a signal ends the %s, coded', async (moment) => {
  const controller = new AbortController();
  if (moment === 'start') controller.abort();
  const running = retry(
    ({ attempt }) => {
      if (moment === 'attempt') setImmediate(() => controller.abort());
      if (moment === 'wait' && attempt === 1) {
        setImmediate(() => controller.abort());
        throw failing(ErrorCode.RATE_LIMITED, 60_000);
      }
      return new Promise(() => undefined);
    },
    { signal: controller.signal },
  );
  expect((await caught(running)).code).toBe(ErrorCode.OPERATION_CANCELLED);
});

test('the coded reason of a signal is thrown as it is', async () => {
  const reason = failing(ErrorCode.TASK_INTERRUPTED);
  const signal = AbortSignal.abort(reason);
  await expect(retry(() => 1, { signal })).rejects.toBe(reason);
});

test('calls of one name share a budget, others do not notice', async () => {
  const options = { ...quick, maxAttempts: 6, budget: 'a failing server' };
  const fail = vi.fn(() => Promise.reject(failing(ErrorCode.SERVICE_UNAVAILABLE)));
  for (let call = 0; call < 20; call += 1) await caught(retry(fail, options));
  // 10 at once, and one for every five of the 20 calls.
  expect(fail.mock.calls.length - 20).toBe(13);
  const others = await caught(retry(fail, { ...options, budget: 'another server' }));
  expect(others.details['attempts']).toBe(6);
});

test('no timer and no listener stays behind', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  const started = vi.spyOn(globalThis, 'setTimeout');
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  onTestFinished(() => void vi.restoreAllMocks());
  await retry(() => 1, { signal, timeoutMs: 60_000 });
  const waiting = retry(() => Promise.reject(failing(ErrorCode.RATE_LIMITED, 60_000)), {
    signal,
    timeoutMs: 100_000,
  });
  await sleep(1);
  controller.abort();
  await caught(waiting);
  // The limits of both and the wait of one; other files of this process have timers too.
  const own = started.mock.results.filter(
    (_, call) => Number(started.mock.calls[call]?.[1]) >= 5e4,
  );
  expect(own).toHaveLength(3);
  const ended = cleared.mock.calls.map(([timer]) => timer);
  for (const { value } of own) expect(ended).toContain(value);
  expect(removed.mock.calls.length).toBe(added.mock.calls.length);
});

test('an error that may not be changed is thrown as it is', async () => {
  const frozen = new BaseError({
    code: ErrorCode.SERVICE_UNAVAILABLE,
    message: 'It failed.',
    details: Object.freeze({ a: 1 }),
  });
  await expect(retry(() => Promise.reject(frozen), quick)).rejects.toBe(frozen);
});

test.each([
  ['maxAttempts', { maxAttempts: 0 }],
  ['maxAttempts', { maxAttempts: 1.5 }],
  ['timeoutMs', { timeoutMs: -1 }],
  ['timeoutMs', { timeoutMs: Number.NaN }],
  ['baseDelayMs', { baseDelayMs: '1' }],
  ['maxDelayMs', { maxDelayMs: Number.POSITIVE_INFINITY }],
  ['maxRetryAfterMs', { maxRetryAfterMs: -1 }],
  ['budget', { budget: '' }],
  ['signal', { signal: new AbortController() }],
  ['onRetry', { onRetry: true }],
  ['options', null],
])('%s that cannot be used is refused with its name', async (option, options) => {
  const error = await caught(retry(() => 1, options as never));
  expect(error.code).toBe(ErrorCode.CONFIG_INVALID);
  expect(error.message).toContain(`\`${option}\` of retry()`);
});

test.each([
  ['maxAttemps', 'Did you mean `maxAttempts`?'],
  ['attempt', 'Did you mean `maxAttempts`?'],
  ['retries', 'Use one of maxAttempts, timeoutMs,'],
])('the unknown option %s is refused with a remedy', async (option, remedy) => {
  const error = await caught(retry(() => 1, { [option]: 5 }));
  expect(error.code).toBe(ErrorCode.CONFIG_INVALID);
  expect(error.message).toContain(`\`${option}\` is not an option of retry(). `);
  expect(error.details).toEqual({ option });
  if (remedy.startsWith('Use')) expect(error.message).toContain(remedy);
});

test.each([
  [
    'throws',
    () => {
      throw new RangeError('Enough.');
    },
  ],
  ['rejects', () => Promise.reject(new RangeError('Enough.'))],
])('a listener that %s ends the retries with a coded error', async (_how, onRetry) => {
  const work = vi.fn(() => Promise.reject(failing(ErrorCode.LLM_TIMEOUT)));
  const error = await caught(retry(work, { ...quick, onRetry }));
  expect(error).toBeInstanceOf(BaseError);
  expect(error.originalError).toBeInstanceOf(RangeError);
  expect(work).toHaveBeenCalledTimes(1);
});

test('a listener that never returns is waited for within the time limit', async () => {
  const error = await caught(
    retry(() => Promise.reject(failing(ErrorCode.LLM_TIMEOUT)), {
      timeoutMs: 1_000,
      baseDelayMs: 0,
      onRetry: () => new Promise(() => undefined),
    }),
  );
  expect(error.code).toBe(ErrorCode.OPERATION_TIMEOUT);
});

test('work that is not a function is refused', async () => {
  expect((await caught(retry('work' as never))).message).toContain('`work` of retry()');
});

test('an error that asks for no wait still backs off', async () => {
  let attempts = 0;
  const refused = () => {
    attempts += 1;
    return Promise.reject(failing(ErrorCode.RATE_LIMITED, 0));
  };
  await caught(retry(refused, { timeoutMs: 200 }));
  // Without a pause it would be hundreds.
  expect(attempts).toBeLessThan(20);
});

test('a wait that is almost the longest of a timer does not overflow', async () => {
  const controller = new AbortController();
  const delays: number[] = [];
  const asks = () => Promise.reject(failing(ErrorCode.RATE_LIMITED, 2_147_483_000));
  const onRetry = ({ delayMs }: { delayMs: number }) => {
    delays.push(delayMs);
    setTimeout(() => controller.abort(), 10);
  };
  const options = { maxRetryAfterMs: 2_147_483_647, signal: controller.signal, onRetry };
  const error = await caught(retry(asks, options));
  expect(error.code).toBe(ErrorCode.OPERATION_CANCELLED);
  expect(delays).toHaveLength(1);
  expect(delays[0]).toBeLessThanOrEqual(2_147_483_647);
});

test('a call that makes no attempt does not fill its budget', async () => {
  const options = { ...quick, budget: 'never-begun', maxAttempts: 2 };
  const fails = () => Promise.reject(failing(ErrorCode.LLM_TIMEOUT));
  for (let call = 0; call < 12; call += 1) await caught(retry(fails, options));
  for (let call = 0; call < 10; call += 1) {
    await caught(retry(fails, { ...options, signal: AbortSignal.abort() }));
  }
  const { details } = await caught(retry(fails, options));
  expect(details['attempts']).toBeUndefined();
});

test.each([{ idempotent: 'no' }, { tokensDelivered: 0 }, { origin: 'model' }])(
  'an option that would be misread is refused: %j',
  async (options) => {
    const [option] = Object.keys(options);
    await expect(retry(() => 1, options as object)).rejects.toMatchObject({
      code: ErrorCode.CONFIG_INVALID,
      details: { option },
    });
  },
);
