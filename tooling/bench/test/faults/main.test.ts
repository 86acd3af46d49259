import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BenchResult } from '../../src/result.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Report {
  benches: BenchResult[];
  seconds: Record<string, number>;
}

async function bench(folder: string, ...args: string[]) {
  const root = fileURLToPath(new URL(`../${folder}`, import.meta.url));
  const command = ['--conditions=@map/source', main, '--root', root, ...args];
  return promisify(execFile)(process.execPath, command).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

test('every kind is measured, with figures and goals as JSON', async () => {
  const { stdout, code } = await bench('fixtures', '--json');
  const { benches, seconds } = JSON.parse(stdout) as Report;
  expect(code).toBe(0);
  const [sum, apart, given, weight, rate, kept, start] = benches;
  expect(benches.map(({ name }) => name)).toEqual([
    'pear/sum',
    'pear/sum-apart',
    'pear/given',
    'pear/weight',
    'pear/rate',
    'pear/kept',
    'pear/start',
  ]);
  expect(Object.keys(seconds)).toEqual(
    ['sum', 'sum-apart', 'given', 'several', 'kept', 'start'].map((name) => `pear/${name}`),
  );
  expect(sum?.goals.map(({ met }) => met)).toEqual([true, false]);
  expect(apart?.contenders.map(({ rounds }) => rounds.length)).toEqual([2, 2]);
  expect(given?.contenders.map(({ median }) => median)).toEqual([40, 10]);
  expect(given?.goals.every(({ met }) => met)).toBe(true);
  expect(weight?.contenders.map(({ ratio }) => ratio)).toEqual([undefined, 2, 3]);
  expect(weight?.goals.map(({ met }) => met)).toEqual([true]);
  expect(rate?.contenders.map(({ name, ratio }) => [name, ratio])).toEqual([
    ['big', undefined],
    ['small', 0.4],
  ]);
  // A process measures two rounds, after the run for its output and a round that is not counted.
  expect(kept?.contenders[0]?.rounds).toEqual([3, 4, 3]);
  expect(start?.contenders[0]?.beside?.['max_rss_bytes']).toBeGreaterThan(1e6);
});

test('a part of a name chooses, an unknown one is an error', async () => {
  // A row is measured with the others of its bench.
  expect((await bench('fixtures', '--quick', 'pear/rate')).stdout).toBe(
    'ok pear/several\n1 passed, 0 failed\n',
  );
  expect((await bench('fixtures', '--quick', 'pear/given')).stdout).toBe(
    'ok pear/given\n1 passed, 0 failed\n',
  );
  const unknown = await bench('fixtures', '--quick', 'cherry');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('no bench is called cherry');
});

test('contenders that do other work, or throw, fail the run before anything is timed', async () => {
  const { stdout, stderr, code } = await bench('broken', '--quick');
  expect(code).toBe(1);
  expect(stderr).toContain('two and one do not do the same work');
  expect(stderr).toContain('plum stone');
  expect(stdout).toMatch(/0 passed, 2 failed\n$/);
});
