import { describe, expect, test } from 'vitest';
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

describe('faults', () => {
  const faultsOf = (text: string) =>
    parseDotenv(text).faults.map(({ line, name, reason }) => [line, name, reason]);
  const STRAY = 'is not an assignment: write NAME=value';
  const NAMELESS = 'has no variable name before its equals sign';
  const AFTER = expect.stringContaining('text after its closing quote');
  const continues = (line: number) => expect.stringContaining(`seems to continue on line ${line}`);

  test.each([
    ['A=1\nmy key=2', [[2, 'my', STRAY]]],
    ['=1', [[1, undefined, NAMELESS]]],
    ['A=1\n__proto__=2', [[2, undefined, NAMELESS]]],
    ['2CAPTCHA_KEY=x\nB=2', [[1, undefined, NAMELESS]]],
    ['npm_config_//registry=x', [[1, undefined, NAMELESS]]],
    ['WORKERS: 16', [[1, 'WORKERS', STRAY]]],
    ['export WORKERS', [[1, 'WORKERS', STRAY]]],
    ['WORKERS+=16', [[1, 'WORKERS', STRAY]]],
    ['WORKERS[0]=16', [[1, 'WORKERS', STRAY]]],
    ['WORKERS ?= 16', [[1, 'WORKERS', STRAY]]],
    ['WORKERS<<END', [[1, 'WORKERS', STRAY]]],
    ['set WORKERS=16', [[1, 'WORKERS', STRAY]]],
    ['declare -x WORKERS="16"', [[1, 'WORKERS', STRAY]]],
    ['$env:WORKERS = "16"', [[1, 'WORKERS', STRAY]]],
    ['  - WORKERS=16', [[1, 'WORKERS', STRAY]]],
    ['\u200bWORKERS=16', [[1, 'WORKERS', STRAY]]],
    ['A=1\n\uFEFFWORKERS=16', [[2, 'WORKERS', STRAY]]],
    ['\u00a0WORKERS=16', [[1, 'WORKERS', STRAY]]],
    ['A=1\n\uFEFF# WORKERS=16', []],
    ['"WORKERS"=16', [[1, 'WORKERS', STRAY]]],
    ["'WORKERS' = 16", [[1, 'WORKERS', STRAY]]],
    [
      '{\n  "WORKERS": 16,\n}',
      [
        [1, undefined, STRAY],
        [2, 'WORKERS', STRAY],
        [3, undefined, STRAY],
      ],
    ],
    ['export "WORKERS=16"', [[1, 'WORKERS', STRAY]]],
    ['A=1\n \t\u00a0\uFEFF\n\t# none', []],
    ['OPENAI_API_KEY sk-1=', [[1, 'OPENAI_API_KEY', STRAY]]],
    ['A="a\\"b"', [[1, 'A', AFTER]]],
    ["A='it's'", [[1, 'A', AFTER]]],
  ])('%j', (text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  test('an assignment that is too long', () => {
    const [fault] = parseDotenv(`A=${'x'.repeat(MAX_ENTRY_LENGTH)}`).faults;
    expect(fault).toMatchObject({ line: 1, name: 'A', reason: expect.stringContaining('longer') });
  });

  test.each([
    ['a PEM without quotes', `A=${PEM}`],
    ['a PEM whose last line looks like an assignment', `A=${PEM.replace('def#', 'de+f/==')}`],
    ['a PEM whose last line is one', `A=${PEM.replace('def#', 'def==')}`],
    ['a PEM that lost its closing quote', `A="${PEM}\nB=2`],
    ['PEMs that follow each other', `A=${PEM}\n${PEM.replace('def#', 'QUJDRAo=')}\nQUJDRQ==`],
    ['an encrypted PEM', `A=${PEM.replace('def#', 'DEK-Info: x\n\nMIIBOgIB\nQUJDRAo=')}`],
    ['Base64 of several lines', `A=${'QUJD'.repeat(16)}\n${'QUJj'.repeat(16)}\nQUJDRAo=`],
    ['JSON without quotes', 'A={\n  "openai": {\n    "api_key": "sk-1="\n  }\n}\nB=2'],
    ['a list without quotes', 'A=[\n"a",\n"b"\n]'],
    ['a value without its closing quote', "A='one\ntwo words\nB=2"],
    ['a value that a backslash continues', 'A=one \\\n  two\nB=2'],
  ])('%s is one fault of its variable', (_what, text) => {
    expect(faultsOf(text)).toEqual([[1, 'A', continues(2)]]);
    expect(values(text)).not.toHaveProperty('A');
  });

  test('an unrelated line below that closes the quote does not hide what is between', () => {
    const text = 'A="one\nB=2\nC="x"';
    expect(faultsOf(text)).toEqual([[1, 'A', AFTER]]);
    expect(values(text)).toEqual({ B: '2', C: 'x' });
  });

  test.each([
    ['A="x\nB=y', [[1, 'A']]],
    ["A='x\n\nexport B=y", [[1, 'A']]],
    ['A=`x', [[1, 'A']]],
    [
      'C=1\nA="x\nB=\'y',
      [
        [2, 'A'],
        [3, 'B'],
      ],
    ],
  ])('a quote without its end is part of the value, and reported: %j', (text, places) => {
    const { entries, faults } = parseDotenv(text);
    expect(faults.filter(({ isUsed }) => isUsed).map(({ line, name }) => [line, name])).toEqual(
      places.filter(([, name]) => entries.has(String(name))),
    );
    expect(entries.get('A')?.value).toMatch(/^["'`]x/);
  });

  test('an assignment of a setting inside the quotes of another value is reported', () => {
    const inside = (text: string, isOwn = (name: string): boolean => name === 'B') =>
      parseDotenv(text, isOwn).faults.map(({ line, name, isUsed }) => [line, name, isUsed]);
    expect(inside('A="x\nB=y"\nC=1')).toEqual([[2, 'B', true]]);
    expect(inside("A='x\nC=1\nB=y'")).toEqual([[3, 'B', true]]);
    expect(inside('A="x\nB=y"', () => false)).toEqual([]);
    expect(inside(`A="${PEM}"\nB=2`)).toEqual([]);
  });

  test('a key of one line, and a complete one, take no other line', () => {
    expect(values(`A="${PEM}"\nB=2`)).toEqual({ A: PEM, B: '2' });
    expect(values('A=-----BEGIN KEY-----abc-----END KEY-----\nabc==')).toHaveProperty('abc', '=');
    expect(values('A=-----BEGIN KEY-----\nB=2')).toHaveProperty('B', '2');
    const names = { NAME: '', LOG_FILE: '', port: '', FOO: '' };
    const empty = Object.keys(names).map((name) => `${name}=\n`);
    expect(values(`A=${PEM}\n${empty.join('')}`)).toEqual(names);
    expect(values(`A=${'0123456789abcdef'.repeat(4)}\n${empty.join('')}`)).toMatchObject(names);
  });

  test.each([
    ['a key', `A="${PEM}"`],
    ['JSON', 'A=\'{\n  "b": "c"\n}\''],
    ['a template', 'A=`one\ntwo`  # done'],
    ['a list', 'A="[\n1\n]"'],
  ])('%s whose quotes are complete does not continue on a foreign line', (_what, text) => {
    for (const foreign of ['2CAPTCHA_KEY=x', 'two words', '\x1a', 'QUJDRAo=']) {
      const { entries, faults } = parseDotenv(`${text}\n${foreign}\nB=2`);
      expect(entries.has('A')).toBe(true);
      expect(faults.filter(({ name }) => name === 'A')).toEqual([]);
      expect(entries.get('B')?.value).toBe('2');
    }
  });

  test.each([
    '{"PORT": 80, "WORKERS": "16"}',
    '{"WORKERS":"16"}',
    'set "WORKERS=16"',
    'set -gx WORKERS 16',
    'set --export WORKERS 16',
    'setx WORKERS 16',
    'setenv WORKERS 16',
    'ENV WORKERS 16',
    '-e WORKERS=16',
    "-e 'WORKERS=16'",
    '${env:WORKERS} = 16',
    '[Environment]::SetEnvironmentVariable("WORKERS", "16")',
    "os.environ['WORKERS'] = '16'",
    'ENV["WORKERS"] ||= "16"; ENV["WORKERS"] = "16"',
    'putenv("WORKERS=16");',
  ])('a setting in the syntax of another program is found: %s', (text) => {
    const { faults } = parseDotenv(text, (name) => name === 'WORKERS');
    expect(faults).toEqual([{ line: 1, name: 'WORKERS', reason: STRAY }]);
  });

  test.each(['Our WORKERS are many', 'MY_WORKERS: 16', 'x.WORKERS: 16', 'set the WORKERS here'])(
    'another line with the word of a setting is not about it: %s',
    (text) => {
      const [fault] = parseDotenv(text, (name) => name === 'WORKERS').faults;
      expect(fault?.line).toBe(1);
      expect(fault?.name).not.toBe('WORKERS');
    },
  );

  test('reading is linear', () => {
    const text = `A={${'x'.repeat(400_000)}\n${'y\n'.repeat(100_000)}`;
    const start = performance.now();
    expect(parseDotenv(text).faults).toHaveLength(1);
    for (const stray of [
      'a]'.repeat(200_000),
      `set${' -a'.repeat(100_000)}`,
      `export${' --a'.repeat(100_000)}`,
      `a${' '.repeat(400_000)}b`,
    ]) {
      expect(parseDotenv(stray, () => true).faults).toHaveLength(1);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('a fault does not keep the rest of the file from being read', () => {
  expect(values('1x=1\nB=2')).toEqual({ B: '2' });
});
