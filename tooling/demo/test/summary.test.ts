import { expect, test } from 'vitest';
import { plainPaint } from '../src/paint.ts';
import { formatMs, type Outcome, plural, renderOpening, renderOutcome } from '../src/summary.ts';
import { percentile, Tally } from '../src/tally.ts';

function outcomeOf(total: number, change: (tally: Tally) => void = () => undefined): Outcome {
  const tally = new Tally(total);
  tally.taskMs.push(100, 1, 2000);
  tally.done = 3;
  tally.modelCalls = 1234;
  change(tally);
  return {
    tally,
    documents: 1,
    durationMs: 1500,
    redisOperations: 42,
    keywords: [{ keyword: 'redis', chunks: 2 }],
    story: undefined,
    traceReceived: undefined,
    metricLines: [],
  };
}

test('percentiles are by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.95, 1].map((share) => percentile(values, share))).toEqual([1, 50, 95, 100]);
  expect(percentile([], 0.5)).toBe(0);
});

test('times and counts read as a person writes them', () => {
  expect([0, 0.44, 9.96, 31.4, 999, 1234].map(formatMs)).toEqual([
    '0.0 ms',
    '0.4 ms',
    '10.0 ms',
    '31 ms',
    '999 ms',
    '1.2 s',
  ]);
  expect([plural(1, 'task'), plural(1204, 'task'), plural(2, 'retry', 'retries')]).toEqual([
    '1 task',
    '1,204 tasks',
    '2 retries',
  ]);
});

test('the opening lists the steps and their times', () => {
  const text = renderOpening(
    {
      documents: 2,
      chunks: 9,
      tasks: 9,
      seed: 7,
      steps: [
        { name: 'settings', durationMs: 20 },
        { name: 'logging', durationMs: 1.5 },
      ],
      redis: 'redis://127.0.0.1',
      models: 'local',
      metrics: 'off',
      logs: 'none',
    },
    plainPaint,
  );
  expect(text).toContain('Start-up    2 steps in 22 ms\n');
  expect(text).toContain('            1 settings      20 ms\n            2 logging      1.5 ms\n');
  expect(text).toContain('Input       9 chunks of 2 documents\n');
});

test('the outcome says what was done, the most frequent error first', () => {
  const text = renderOutcome(
    outcomeOf(3, (tally) => {
      for (const code of ['A_1', 'B_2', 'B_2']) tally.countError(code);
    }),
    plainPaint,
  );
  expect(text).toContain('Tasks       3 of 3 done in 1.5 s, 2 a second\n');
  expect(text).toContain('Task time   p50 100 ms, p95 2.0 s\n');
  expect(text).toContain('Model calls 1,234, p50 0.0 ms, p95 0.0 ms\n');
  expect(text).toMatch(/Errors {6}B_2 +2\n {12}A_1 +1\n/);
  expect(text).toContain('Index       redis 2\n');
});

test('tasks that failed are reported', () => {
  const text = renderOutcome(
    outcomeOf(4, (tally) => {
      tally.failed = 1;
    }),
    (style, words) => `<${style}>${words}</>`,
  );
  expect(text).toContain('<red>3 of 4 done</>');
  expect(text).toContain('<red>1 failed</>');
});

test('what happened in another process is added, once', () => {
  const [other, all] = [new Tally(0), new Tally(9)];
  other.modelCalls = 2;
  other.taskMs.push(5);
  other.countError('A_1');
  for (const _ of [1, 2]) all.add(other.take());
  other.countError('A_1', 2);
  all.add(other.take());
  expect(all).toMatchObject({ tasks: 9, modelCalls: 2, taskMs: [5] });
  expect([...all.errors]).toEqual([['A_1', 3]]);
});
