import { expect, test } from 'vitest';
import { comparePythonDotenv } from '../../src/generate.ts';
import { parsePythonDotenv } from '../../src/sources/python-dotenv.ts';

// The right values were taken from python-dotenv.
test.each([
  ['PW=p#ss', 'PW', 'p#ss'],
  ['PW=p #ss', 'PW', 'p'],
  ['PW= #ss', 'PW', ''],
  ['PW=#ss', 'PW', '#ss'],
  ["PW='a\\\\' # c", 'PW', 'a\\'],
  ['PW="a\\\\" # c', 'PW', 'a\\'],
  ['PW="C:\\\\new"', 'PW', 'C:\\new'],
  ['PW="C:\\new"', 'PW', 'C:\new'],
  ['PW="a\\"b"', 'PW', 'a"b'],
  ["PW='it\\'s'", 'PW', "it's"],
  ["PW='a\\nb'", 'PW', 'a\\nb'],
  ['PW=`a b`', 'PW', '`a b`'],
  ['PW="a\nb" # c', 'PW', 'a\nb'],
  ['export PW = x y ', 'PW', 'x y'],
  ["'PW'=x", 'PW', 'x'],
  ['A="x" y\nPW=1', 'PW', '1'],
  ['PW=', 'PW', ''],
])('python-dotenv reads %j', (text, name, value) => {
  expect(parsePythonDotenv(text).get(name)?.value).toBe(value);
});

test('takes time linear in the length of a line', () => {
  for (const blank of [' ', '\t', '\u2028']) {
    const before = process.cpuUsage();
    const value = `x${blank.repeat(200_000)}y`;
    expect(parsePythonDotenv(`A=${value} # c`).get('A')?.value).toBe(value);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  }
});

test('each difference is named by its line and never by its value', () => {
  const text = [
    '# shared with Python',
    'SAME="a b" # comment',
    'HASH=hunter2#more',
    'WINDOWS="C:\\\\hunter2"',
    'QUOTE="hunter2\\"x"',
    'TICK=`hunter2`',
    "LITERAL='${SAME} hunter2'",
    'MISSING=${NOWHERE}hunter2',
    'FINE=${SAME}${NOWHERE:-}',
    'LAST=1',
    'ITSELF="${ITSELF}"',
    'ALONE',
    'export ALONE_TOO',
    'ESCAPED=\\${SAME}hunter2',
  ].join('\n');
  const found = comparePythonDotenv(text);
  expect(found.map(({ line, name }) => `${line} ${name}`)).toEqual([
    '3 HASH',
    '4 WINDOWS',
    '5 QUOTE',
    '6 TICK',
    '7 LITERAL',
    '8 MISSING',
    '11 ITSELF',
    '12 ALONE',
    '13 ALONE_TOO',
    '14 ESCAPED',
  ]);
  expect(JSON.stringify(found)).not.toContain('hunter2');
  expect(comparePythonDotenv('A=1\nB="two words"\nC=\'x\'\n')).toEqual([]);
  expect(comparePythonDotenv('A="two\r\nlines"\r\nB=2\r\n')).toEqual([]);
});

test('the lines of an unquoted PEM key are not repeated', () => {
  const text = 'KEY=-----BEGIN PRIVATE KEY-----\nhunter2hunter2+/==\nhunter2==\n-----END-----\n';
  const found = comparePythonDotenv(text);
  expect(found.length).toBeGreaterThan(1);
  expect(JSON.stringify(found)).not.toContain('hunter2');
});

test('comparing is linear', () => {
  expect(comparePythonDotenv(`${'A="\n'.repeat(50_001)}`).length).toBeLessThan(10);
});

test('each remedy fits its difference', () => {
  const [name, quote] = comparePythonDotenv("2FA=x\nSQ='it\\'s'");
  expect(name?.message).toMatch(/rename the variable$/);
  expect(quote?.message).toMatch(/another kind of quote/);
});

test('a byte order mark, and a comment for an empty value, are read as in Python', () => {
  expect(comparePythonDotenv('\uFEFFA=1\nB=2')).toEqual([]);
  expect(comparePythonDotenv('API_KEY= # put your key here\nB=  #x\n')).toEqual([]);
  // Without a blank the sign belongs to the value, there.
  expect(comparePythonDotenv('A=#b')).toMatchObject([{ line: 1, name: 'A' }]);
});

test.each([
  'sk_live_zq8Kt3vLw9abcdef',
  'export ghp_zq8Kt3vLw9abcdef0123',
  'AKIAZQ8KT3VLW9ABCDEF',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7',
  'hunter2',
])('a word alone on its line may be a key, and is not shown: %s', (line) => {
  expect(comparePythonDotenv(`A=1\n${line}\n`)).toMatchObject([
    { line: 2, name: 'a line that is not an assignment' },
  ]);
});

test.each([
  ['a reference to a line below', 'A=${B}\nB=1', 'from top to bottom'],
  ['a reference to a line that is repeated below', 'B=1\nA=${B:-x}\nB=2', 'from top to bottom'],
  ['a reference to the line of the same name above', 'A=1\nA=${A:-x}', 'from top to bottom'],
  ['a reference inside a fallback', 'B=1\nA=${C:-${B}}', 'inside a fallback'],
  ['a form of Docker Compose', 'B=1\nA=${B:?missing}', 'neither'],
  ['a form of shells', 'B=1\nA=${B-x}', 'neither'],
  ['a brace that is not closed', 'B=1\nA="${B"', 'neither'],
  ['a name with a dot', 'A=${B.c:-x}', 'neither'],
  ['a name in quotes', "'A'=1", 'is not an assignment'],
  ['an index', 'A[0]=1', 'is not an assignment'],
])('%s differs', (_what, text, message) => {
  const found = comparePythonDotenv(text);
  expect(found).toHaveLength(1);
  expect(found[0]?.message).toContain(message);
});

test.each([
  'B=1\nA=${B}${B:-x} and ${C:-y z}',
  'B=1\nA="${B} ${C:-}"',
  'A=${A:-x}',
  "B=1\nA='${B:?x}'",
  'A=$B and $(C) and {D}',
])('references that both read alike: %j', (text) => {
  expect(comparePythonDotenv(text)).toEqual([]);
});
