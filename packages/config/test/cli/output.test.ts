import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type Output, paint, processOutput, table } from '../../src/cli/output.ts';

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
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the test checks that no control character is left.
      expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }),
  );
});

test('problems that go to a file have no colour, though the terminal has', () => {
  const { stdout, stderr } = process;
  const [out, err] = [stdout, stderr].map(({ isTTY }) => isTTY);
  const write = vi.spyOn(stderr, 'write').mockReturnValue(true);
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('FORCE_COLOR', undefined);
  try {
    for (const isTTY of [false, true]) {
      Object.assign(stdout, { isTTY: true });
      Object.assign(stderr, { isTTY });
      const output = processOutput();
      output.complain(paint(output, 'bad', 'wrong'));
    }
    expect(write.mock.calls).toEqual([['wrong\n'], ['\u001b[31mwrong\u001b[39m\n']]);
  } finally {
    Object.assign(stdout, { isTTY: out });
    Object.assign(stderr, { isTTY: err });
    write.mockRestore();
    vi.unstubAllEnvs();
  }
});
