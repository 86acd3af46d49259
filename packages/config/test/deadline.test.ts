import { expect, test } from 'vitest';
import { withDeadline } from '../src/deadline.ts';

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
    message: 'The work did not end within 5 ms.',
  });
  expect(reason).toMatchObject({ code: 'OPERATION_TIMEOUT_1002' });
  finish(7);
  expect(await late.promise).toBe(7);
});

test('a limit beyond what a timer can hold is no limit, and not one of 1 ms', async () => {
  const slow = () => new Promise((resolve) => setTimeout(resolve, 20, 'slow'));
  for (const timeoutMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    expect(await withDeadline(slow, { timeoutMs, what: 'It' })).toBe('slow');
  }
});
