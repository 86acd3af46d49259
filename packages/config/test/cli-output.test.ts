import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Output, paint, table } from '../src/cli/output.ts';

const plain: Output = { print: () => {}, complain: () => {}, color: false, columns: undefined };
const ESC = String.fromCharCode(27);

test('columns line up, and colour does not count as width', () => {
  const rows = [
    ['a', { text: 'ok', tone: 'good' as const }, 'x'],
    ['longer', 'failed', 'y'],
  ];
  expect(table(['name', 'state', 'note'], rows, plain)).toBe(
    'name    state   note\na       ok      x\nlonger  failed  y',
  );
  const colored = table(['name', 'state', 'note'], rows, { ...plain, color: true });
  expect(colored).toContain(`${ESC}[32mok    ${ESC}[39m`);
});

test('a value cannot break the table or steer the terminal', () => {
  const text = table(['name'], [[`a\nb${ESC}[2Jc`]], plain);
  expect(text).toBe('name\na b [2Jc');
});

test('the last column is cut to the width of the terminal', () => {
  const text = table(['a', 'b'], [['1', 'x'.repeat(200)]], { ...plain, columns: 40 });
  expect(text.split('\n').every((line) => line.length <= 40)).toBe(true);
  expect(text).toContain('…');
});

test('paint leaves the text alone without colour', () => {
  expect(paint(plain, 'bad', 'no')).toBe('no');
});

test('any cells make one line a row, without control characters', () => {
  const unit = fc.constantFrom('a', '€', ' ', '\n', '\r', ESC, '\u0000', '\u009b', '\u2028', '\t');
  const cell = fc.string({ unit, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), (rows) => {
      const lines = table(['a', 'b'], rows, plain).split('\n');
      expect(lines).toHaveLength(rows.length + 1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }),
  );
});
