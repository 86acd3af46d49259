import { expect, test } from 'vitest';
import type { Figure } from '../src/define-bench.ts';
import { figure, table, total } from '../src/report.ts';
import { conclude } from '../src/result.ts';

const bench: Figure = {
  title: 'Write a line',
  unit: 'ns',
  better: 'lower',
  goals: [{ against: 'pino', atMost: 0.6 }, { atMost: 900 }, { of: 'pino', atLeast: 3000 }],
};

test('figures are written with a unit that fits', () => {
  expect(figure(1.234, 'ns')).toBe('1.23 ns');
  expect(figure(1234, 'ns')).toBe('1.23 µs');
  expect(figure(2048 * 1024, 'bytes')).toBe('2 MiB');
  expect(figure(123456, 'ops/s')).toBe('123,456 ops/s');
});

test('goals compare ratios and figures', () => {
  const { goals, contenders } = conclude('logger/line', bench, {
    ours: [1000, 1100, 900],
    pino: [2000, 2200, 1800],
  });
  expect(goals.map(({ value, met }) => [value, met])).toEqual([
    [0.5, true],
    [1000, false],
    [2000, false],
  ]);
  expect(contenders.map(({ median, ratio }) => [median, ratio])).toEqual([
    [1000, undefined],
    [2000, 0.5],
  ]);
});

test('the table tells medians, spread, ratio and goals', () => {
  const text = table(conclude('logger/line', bench, { ours: [1000], pino: [2000] }));
  expect(text.split('\n')).toEqual([
    'logger/line: Write a line (lower is better, 1 rounds)',
    '  ours  1 µs  ±0.0 %',
    '  pino  2 µs  ±0.0 %  ours is 0.50× of it ±0.0 %, not settled',
    '  goal met: ours at most 0.60× of pino; measured 0.50×',
    '  goal MISSED: ours at most 900 ns; measured 1 µs',
    '  goal MISSED: pino at least 3 µs; measured 2 µs',
  ]);
});

test('a contender that a row has no figures of is not in it', () => {
  const rounds = [1000, 1001, 1002];
  const { contenders } = conclude('logger/line', { ...bench, goals: [] }, { ours: rounds });
  expect(contenders.map(({ name }) => name)).toEqual(['ours']);
});

test('the last line has the seconds of each package and of the whole, and what took too long', () => {
  const spent = [
    { package: 'pear', name: 'pear/sum', seconds: 100 },
    { package: 'pear', name: 'pear/start', seconds: 90.25 },
    { package: 'plum', name: 'plum/stone', seconds: 3 },
  ];
  expect(total(spent)).toBe('pear 190.3 s (10.3 s too long), plum 3.0 s, whole 193.3 s');
});
