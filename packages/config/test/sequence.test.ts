import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runSequence } from '../src/sequence.ts';

const never = () => new Promise<void>(() => undefined);

test('a hanging ending is late, and those after it still run', async () => {
  const seen: string[] = [];
  const reports = await runSequence(
    [
      { name: 'a', share: 0.2, run: () => seen.push('a') },
      { name: 'stuck', share: 0.2, run: never, left: () => 'ingest ×2' },
      {
        name: 'broken',
        share: 0.2,
        run: () => {
          throw new Error('no');
        },
      },
      { name: 'z', share: 0.4, run: () => seen.push('z') },
    ],
    200,
  );
  expect(seen).toEqual(['a', 'z']);
  expect(reports.map(({ status }) => status)).toEqual(['ended', 'late', 'failed', 'ended']);
  expect(reports[1]?.error).toContain('Still there: ingest ×2.');
  expect(reports[2]?.error).toContain('no');
});

test('a late ending is told so by its signal and leaves the later shares free', async () => {
  let reason: unknown;
  const reports = await runSequence(
    [
      {
        name: 'stuck',
        share: 0.1,
        run: (signal) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          return never();
        },
      },
      { name: 'slow', share: 0.9, run: () => new Promise((resolve) => setTimeout(resolve, 300)) },
    ],
    2_000,
  );
  expect(reason).toMatchObject({ code: 'OPERATION_TIMEOUT_1002' });
  expect(reports.map(({ status }) => status)).toEqual(['late', 'ended']);
});

test('an ending that rejects because it was told to give up counts as late', async () => {
  const [report] = await runSequence(
    [
      {
        name: 'polite',
        share: 0.5,
        run: (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
      },
    ],
    20,
  );
  expect(report?.status).toBe('late');
});

test('every ending is run once and in order, whatever the others do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('ends', 'throws', 'rejects', 'hangs'), { maxLength: 5 }),
      async (kinds) => {
        const seen: number[] = [];
        const endings = kinds.map((kind, index) => ({
          name: String(index),
          share: 1 / kinds.length,
          run: () => {
            seen.push(index);
            if (kind === 'throws') throw new Error('thrown');
            if (kind === 'rejects') return Promise.reject(new Error('rejected'));
            return kind === 'hangs' ? never() : undefined;
          },
        }));
        const reports = await runSequence(endings, 10);
        expect(seen).toEqual(kinds.map((_, index) => index));
        const expected = { ends: 'ended', throws: 'failed', rejects: 'failed', hangs: 'late' };
        expect(reports.map(({ status }) => status)).toEqual(kinds.map((kind) => expected[kind]));
      },
    ),
    { numRuns: 30 },
  );
});
