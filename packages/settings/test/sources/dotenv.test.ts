import { expect, test } from 'vitest';
import { MAX_ENTRY_LENGTH, parseDotenv } from '../../src/sources/dotenv.ts';

function values(text: string): Record<string, string> {
  return Object.fromEntries(
    [...parseDotenv(text).entries].map(([name, { value }]) => [name, value]),
  );
}

const PEM = '-----BEGIN KEY-----\nabc=\ndef#\n-----END KEY-----';

// The numbers are those of the acceptance list in the design.
test.each([
  [1, 'A=a#b', { A: 'a' }],
  [2, 'A="a#b" # c', { A: 'a#b' }],
  [3, 'A="V1" # or "V2"', { A: 'V1' }],
  [4, "A='x\\ny'", { A: 'x\\ny' }],
  [5, 'A="x\\ny"', { A: 'x\ny' }],
  [6, `A="${PEM}"\nB=2`, { A: PEM, B: '2' }],
  [7, 'A={"foo": "bar"}', { A: '{"foo": "bar"}' }],
  [8, 'A=a==', { A: 'a==' }],
  [9, 'export A = b', { A: 'b' }],
  [10, 'A=1\nA=2', { A: '2' }],
  [11, 'A=', { A: '' }],
  [12, 'A=  x  \nB="  x  "', { A: 'x', B: '  x  ' }],
  [13, 'A="abc\nB=2', { A: '"abc', B: '2' }],
  [14, '# A=1\n  #B=2\nC=3', { C: '3' }],
  [15, 'word\nA=1\nanother word', { A: '1' }],
  [16, '\uFEFFA=1', { A: '1' }],
  [17, 'A=1\rB=2\r', { A: '1', B: '2' }],
])('acceptance case %i: %j', (_case, text, expected) => {
  expect(values(text)).toEqual(expected);
});

test('a value of blanks does not swallow the next line', () => {
  expect(values('A= \nB=2\nC=\n\nD=4')).toEqual({ A: '', B: '2', C: '', D: '4' });
});

test('windows line ends and a file without a final newline read the same', () => {
  expect(values('A=1\r\nB="x\r\ny"\r\nC=\'z')).toEqual({ A: '1', B: 'x\ny', C: "'z" });
});

test('each entry knows the line it starts on, after multi-line values too', () => {
  const { entries } = parseDotenv('# top\nA=1\nB="x\ny\nz"\n\nC=3');
  expect([...entries].map(([name, { line }]) => [name, line])).toEqual([
    ['A', 2],
    ['B', 3],
    ['C', 7],
  ]);
});

test('only single quotes make a value literal', () => {
  const { entries } = parseDotenv("A='$'\nB=\"$\"\nC=$\nD=`$`\nE='open");
  expect([...entries.values()].map(({ literal }) => literal)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

test.each([
  ['A=1\nmy key=2', 2, 'is not a variable name'],
  ['=1', 1, 'no name'],
  ['A=1\n__proto__=2', 2, 'is not a variable name'],
  ['A="a\\"b"', 1, 'text after its closing quote'],
  ["A='it's'", 1, 'text after its closing quote'],
  [`A=${'x'.repeat(MAX_ENTRY_LENGTH)}`, 1, 'longer than'],
])('what parsers misread is a fault with its line: %s', (text, line, reason) => {
  const { faults } = parseDotenv(text);
  expect(faults).toEqual([{ line, reason: expect.stringContaining(reason) }]);
});

test('a fault does not keep the rest of the file from being read', () => {
  expect(values('1x=1\nB=2')).toEqual({ B: '2' });
});
