import { expect, test } from 'vitest';
import { checkPlaces, writePage } from '../../src/page/page.ts';
import { formatRecords, mergeRecords, parseRecords, recordOf } from '../../src/page/records.ts';
import { growth, record } from './records.ts';

const page = '# P\n<!-- bench:errors -->\nold\n<!-- /bench:errors -->\nkept\n';
const creation = record({ others: { 'a|b': [3900, 1.05] } });

test('puts charts and tables where the page wants them, and the same ones the next time', () => {
  const once = writePage(page, [creation, ...growth]);
  expect(once.page).toContain(
    '| Make an error | 4.1 µs | a\\|b 3.9 µs: **1.05×** ±1.0 % | ≤ 1.20× a\\|b, met |\n',
  );
  expect(once.page).toContain('](charts/errors.svg)\n\n| | Ours');
  expect(once.page).toContain(
    '](charts/errors-causes.svg)\n\n| An error around causes, by causes | 1 | 10 | 100 |\n',
  );
  expect(once.page).toContain('\n| ours | 1 µs ±10 % | 10 µs ±10 % | 100 µs ±10 % |\n');
  expect(once.page).toContain('Measured with Node 24 on a machine; 3 to 5 rounds a bench.');
  expect(once.page).not.toContain('old');
  expect(once.page).toMatch(/^# P\n[\s\S]*kept\n$/);
  expect(Object.keys(once.charts)).toEqual(['errors.svg', 'errors-causes.svg']);
  expect(writePage(once.page, [creation, ...growth])).toEqual(once);
});

test('a page without a place for a package is refused, before anything is measured', () => {
  expect(() => checkPlaces('# P', ['errors'])).toThrow('the page has no <!-- bench:errors -->');
  expect(() => writePage('# P', [creation])).toThrow('the page has no <!-- bench:errors -->');
});

test('a run of some benches keeps the records of the others, and drops those of no bench', () => {
  const [one, two, gone] = ['errors/one', 'errors/two', 'errors/gone'].map((name) =>
    record({ name }),
  );
  if (!one || !two || !gone) throw new Error('no records');
  const again = { ...one, machine: 'another' };
  expect(mergeRecords([two, one, gone], [again], ['errors/one', 'errors/two'])).toEqual([
    again,
    two,
  ]);
});

test('a page looks the same when it is written again from the file of its records', () => {
  const { rounds: _, ...shape } = creation;
  const contenders = [
    { name: 'ours', rounds: [1], median: 2.34496, p25: 2.1, p75: 2.5 },
    { name: 'a|b', rounds: [2], median: 3, p25: 3, p75: 3, ratio: 0.78165499 },
  ];
  const measured = recordOf({ ...shape, contenders }, 'a machine');
  const once = writePage(page, [measured]);
  expect(once.page).toContain('| 2.35 ns |');
  expect(writePage(once.page, parseRecords(formatRecords([measured])))).toEqual(once);
});
