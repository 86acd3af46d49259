import { type BaseError, ErrorCode, LLMError } from '@map/config/errors';
import { expect, test } from 'vitest';
import { withFailover } from '../src/failover.ts';

interface P {
  readonly name: string;
}
const providers: readonly [P, P] = [{ name: 'a' }, { name: 'b' }];
/** Above every wait that nobody asked for. */
const TOLD_MS = 120;
const never = new AbortController().signal;

const fail = (code: (typeof ErrorCode)[keyof typeof ErrorCode], retryAfterMs?: number) =>
  new LLMError({ code: code as typeof ErrorCode.LLM_ERROR, message: 'No.', retryAfterMs });

/** Answers with each outcome in turn, and writes down what happened. */
function scene(...outcomes: (Error | string)[]) {
  const log: string[] = [];
  const events = {
    onError: ({ name }: P, error: BaseError) => log.push(`${name} ${error.code}`),
    onRetry: ({ name }: P, _: BaseError, waitMs: number) =>
      log.push(`again ${name}${waitMs >= TOLD_MS ? ' as told' : ''}`),
    onFallback: (from: P, to: P) => log.push(`${from.name} to ${to.name}`),
  };
  const ask = async ({ name }: P): Promise<string> => {
    const outcome = outcomes.shift();
    if (typeof outcome !== 'string') throw outcome;
    return `${name}: ${outcome}`;
  };
  return { log, run: (signal = never) => withFailover(providers, ask, events, signal) };
}

test('the first one answers', async () => {
  const { log, run } = scene('hello');
  expect(await run()).toBe('a: hello');
  expect(log).toEqual([]);
});

test('what may pass is tried again, after the wait that the provider asks for', async () => {
  const { log, run } = scene(fail(ErrorCode.LLM_RATE_LIMITED, TOLD_MS), 'hello');
  expect(await run()).toBe('a: hello');
  expect(log).toEqual(['a LLM_RATE_LIMITED_5001', 'again a as told']);
});

test('what does not pass is left to the next one', async () => {
  const { log, run } = scene(
    fail(ErrorCode.LLM_PROVIDER_OVERLOADED),
    fail(ErrorCode.LLM_PROVIDER_OVERLOADED),
    'hello',
  );
  expect(await run()).toBe('b: hello');
  expect(log.slice(1)).toEqual(['again a', 'a LLM_PROVIDER_OVERLOADED_5012', 'a to b']);
});

test('a long wait or a spent quota goes to the next one at once', async () => {
  for (const error of [
    fail(ErrorCode.LLM_RATE_LIMITED, 30_000),
    fail(ErrorCode.LLM_QUOTA_EXCEEDED),
  ]) {
    const { log, run } = scene(error, 'hello');
    expect(await run()).toBe('b: hello');
    expect(log).toEqual([`a ${error.code}`, 'a to b']);
  }
});

test('a request that no provider can answer is not repeated', async () => {
  const { run } = scene(fail(ErrorCode.LLM_CONTENT_FILTERED));
  await expect(run()).rejects.toMatchObject({ code: 'LLM_CONTENT_FILTERED_5004' });
});

test('when all of them fail, the error says so and carries the last one', async () => {
  const { log, run } = scene(...Array(8).fill(fail(ErrorCode.LLM_RATE_LIMITED, 1)));
  await expect(run()).rejects.toMatchObject({
    code: 'LLM_ALL_PROVIDERS_FAILED_5014',
    message: 'No provider answered: a, b.',
    cause: { code: 'LLM_RATE_LIMITED_5001' },
  });
  expect(log.filter((line) => line.startsWith('b LLM'))).toHaveLength(6);
});

test('an abort ends the wait', async () => {
  const stop = new AbortController();
  const { run } = scene(fail(ErrorCode.LLM_RATE_LIMITED, 900));
  const running = run(stop.signal);
  setTimeout(() => stop.abort(), 1);
  await expect(running).rejects.toThrow('aborted');
});
