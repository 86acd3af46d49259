import { expect, test } from 'vitest';
import { writeTables } from '../src/page.ts';
import type { BenchResult } from '../src/result.ts';

const one = { p25: 1, p75: 1, rounds: [1] };
const result = {
  name: 'errors/creation',
  title: 'Make an error',
  unit: 'ns',
  better: 'lower',
  contenders: [
    { name: 'ours', median: 4100, ...one },
    { name: 'a|b', median: 3900, ratio: 1.05, ...one },
  ],
  goals: [{ against: 'a|b', atMost: 1.2, value: 1.05, met: true }],
} as unknown as BenchResult;

const page = '# P\n<!-- bench:errors -->\nold\n<!-- /bench:errors -->\nkept\n';

test('puts a table where the page wants it, and again the next time', () => {
  const once = writeTables(page, [result], 'On a machine.');
  expect(once).toContain(
    '| Make an error | 4.1 µs | a\\|b 3.9 µs: **1.05×** | ≤ 1.20× a\\|b, met |\n\nOn a machine.\n',
  );
  expect(once).not.toContain('old');
  expect(once).toMatch(/^# P\n[\s\S]*kept\n$/);
  expect(writeTables(once, [result], 'On a machine.')).toBe(once);
});

test('a page without a place for a package is told so', () => {
  expect(() => writeTables('# P', [result], '')).toThrow('the page has no <!-- bench:errors -->');
});
