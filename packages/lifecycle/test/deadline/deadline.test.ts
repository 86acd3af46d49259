import { withDeadline } from '@map/lifecycle';
import { expect, test } from 'vitest';

test('gives the value, and passes the error on', async () => {
  expect(await withDeadline(async () => 1, { timeoutMs: 1_000, what: 'It' })).toBe(1);
  const error = new Error('broken');
  const broken = withDeadline(() => Promise.reject(error), { timeoutMs: 1_000, what: 'It' });
  await expect(broken).rejects.toBe(error);
});

test('work that throws at once rejects', async () => {
  const thrown = withDeadline(
    () => {
      throw new Error('at once');
    },
    { timeoutMs: 1_000, what: 'It' },
  );
  await expect(thrown).rejects.toThrow('at once');
});

test('past the limit it rejects with a code, aborts the signal, and hands a late value over', async () => {
  let finish: (value: number) => void = () => undefined;
  let reason: unknown;
  const late = Promise.withResolvers<number>();
  const work = withDeadline<number>(
    (signal) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    { timeoutMs: 5, what: 'The work', onLate: late.resolve },
  );
  await expect(work).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT_1002',
    message: 'The work did not complete within 5 ms.',
  });
  expect(reason).toMatchObject({ code: 'OPERATION_TIMEOUT_1002' });
  finish(7);
  expect(await late.promise).toBe(7);
});

test('a limit beyond what a timer can hold does not limit, instead of after 1 ms', async () => {
  const slow = () => new Promise((resolve) => setTimeout(resolve, 20, 'slow'));
  for (const timeoutMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    expect(await withDeadline(slow, { timeoutMs, what: 'It' })).toBe('slow');
  }
});

test('a signal ends the wait with its reason, before and during the work', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const closed: number[] = [];
  const late = Promise.withResolvers<number>();
  const options = { timeoutMs: 1_000, what: 'It', signal, onLate: (n: number) => closed.push(n) };
  const during = withDeadline(() => late.promise, options);
  const reason = new Error('not wanted');
  controller.abort(reason);
  await expect(during).rejects.toBe(reason);
  late.resolve(7);
  await expect(withDeadline(() => 1, options)).rejects.toBe(reason);
  expect(closed).toEqual([7]);
});

test('options that cannot be used are refused at once', async () => {
  const run = (options: object) =>
    withDeadline(() => 1, { timeoutMs: 10, what: 'It', ...options }).catch((error) => error);
  for (const timeoutMs of [-1, Number.NaN, 5n, '5', null]) {
    expect(await run({ timeoutMs })).toMatchObject({ code: 'CONFIG_INVALID_3002' });
  }
  expect((await run({ signal: new AbortController() })).message).toBe(
    '`signal` must be an AbortSignal, got an instance of AbortController. Pass its `signal` property.',
  );
});

test('the signal of another realm ends the wait, and one that only looks like a signal is refused', async () => {
  const hanging = () => new Promise<never>(() => undefined);
  const limits = { timeoutMs: 60_000, what: 'The export' };
  // As old implementations are, without `throwIfAborted()`.
  const target = new EventTarget();
  const foreign = Object.assign(target, { aborted: false, reason: undefined as unknown });
  const waiting = withDeadline(hanging, { ...limits, signal: foreign as never });
  Object.assign(foreign, { aborted: true, reason: new Error('stop') });
  foreign.dispatchEvent(new Event('abort'));
  await expect(waiting).rejects.toThrow('stop');
  const again = withDeadline(hanging, { ...limits, signal: foreign as never });
  await expect(again).rejects.toThrow('stop');
  const half = { aborted: false, addEventListener: () => undefined };
  const refused = withDeadline(hanging, { ...limits, signal: half as never });
  await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID_3002' });
});
