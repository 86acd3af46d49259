import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@map/errors';
import { describe, expect, test } from 'vitest';
import { defineSettings } from '../../src/define/define-settings.ts';
import { integer, secret, string } from '../../src/schema/builders.ts';
import { optional } from '../../src/schema/setting.ts';
import { MAX_FILE_BYTES } from '../../src/sources/text-file.ts';
import { folder } from '../temporary-folder.ts';

const app = defineSettings(
  {
    A: string({ default: 'default' }),
    B: optional(string()),
    N: integer({ default: 1 }),
    KEY: optional(secret()),
    ENVIRONMENT: string({ default: 'development' }),
  },
  { stock: false },
);

type Options = NonNullable<Parameters<typeof app.loadSettings>[0]>;

function load(files: Readonly<Record<string, string | Uint8Array>>, options: Options = {}) {
  return app.loadSettings({ env: {}, directory: folder(files), ...options });
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('expected an error');
}

describe('precedence', () => {
  test('override > environment > secret file > .env > default', () => {
    const directory = folder({ '.env': 'A=dotenv', 'secrets/A': 'file\n' });
    const secretsDirectory = join(directory, 'secrets');
    const env = { A: 'env' };
    const common = { directory, secretsDirectory };
    expect(app.loadSettings({ ...common, env, overrides: { A: 'override' } }).A).toBe('override');
    expect(app.loadSettings({ ...common, env }).A).toBe('env');
    expect(app.loadSettings({ ...common, env: {} }).A).toBe('file');
    expect(app.loadSettings({ directory, env: {} }).A).toBe('dotenv');
    expect(app.loadSettings({ directory: folder(), env: {} }).A).toBe('default');
  });

  test('acceptance case 25: an empty environment value beats .env, unless ignoreEmpty', () => {
    expect(load({ '.env': 'A=x' }, { env: { A: '' } }).A).toBe('');
    expect(load({ '.env': 'A=x' }, { env: { A: '' }, ignoreEmpty: true }).A).toBe('x');
    expect(load({}, { env: { N: '' }, ignoreEmpty: true }).N).toBe(1);
    expect(load({ '.env': 'N=2' }, { env: { N: '' } }).N).toBe(1);
  });

  test('names that objects inherit are no values', () => {
    const { loadSettings } = defineSettings(
      { toString: string({ default: 'own' }), constructor: string({ default: 'own' }) },
      { stock: false },
    );
    const settings = loadSettings({ env: {}, envFiles: [] });
    expect(settings.constructor).toBe('own');
    expect(settings.toString).toBe('own');
  });
});

describe('.env cascade', () => {
  const files = {
    '.env': 'A=base\nB=base',
    '.env.local': 'A=local',
    '.env.staging': 'A=staging\nB=staging',
    '.env.staging.local': 'A=staging-local',
    '.env.test': 'B=test',
  };
  test('specific files win, local ones more', () => {
    expect(load(files)).toMatchObject({ A: 'local', B: 'base' });
    expect(load(files, { env: { ENVIRONMENT: 'staging' } })).toMatchObject({
      A: 'staging-local',
      B: 'staging',
    });
  });
  test('.env.local is not read under test', () => {
    expect(load(files, { env: { ENVIRONMENT: 'test' } })).toMatchObject({ A: 'base', B: 'test' });
  });
  test('a .env.local that asks for test is read', () => {
    const more = { '.env.local': 'ENVIRONMENT=test\nA=local', '.env.test': 'B=test' };
    expect(load(more)).toMatchObject({ ENVIRONMENT: 'test', A: 'local', B: 'test' });
  });
  test('.env itself may name the environment', () => {
    const more = { ...files, '.env': 'ENVIRONMENT=staging\nA=base' };
    expect(load(more)).toMatchObject({ ENVIRONMENT: 'staging', A: 'staging-local' });
  });
  test('a chosen file cannot choose another environment', () => {
    const more = { '.env': 'ENVIRONMENT=staging', '.env.staging': 'X=1\nENVIRONMENT=production' };
    expect(messageOf(() => load(more))).toMatch(
      /ENVIRONMENT \(.*\.env\.staging line 2\): cannot change here: staging has already selected/,
    );
    expect(load(more, { env: { ENVIRONMENT: 'staging' } }).ENVIRONMENT).toBe('staging');
  });
  test('the environment is found like any variable: by an alias, a file, a reference', () => {
    const aliased = defineSettings(
      { A: string({ default: '' }), ENVIRONMENT: string({ default: 'development' }) },
      { stock: false, aliases: { ENVIRONMENT: ['NODE_ENV'] } },
    );
    const directory = folder({ ...files, name: 'staging' });
    for (const env of [{ NODE_ENV: 'staging' }, { ENVIRONMENT_FILE: join(directory, 'name') }]) {
      const settings = aliased.loadSettings({ env, directory });
      expect(settings).toMatchObject({ ENVIRONMENT: 'staging', A: 'staging-local' });
    }
    const referring = { ...files, '.env': 'ENVIRONMENT=${STAGE:-staging}' };
    expect(load(referring)).toMatchObject({ ENVIRONMENT: 'staging', A: 'staging-local' });
  });
  test('an environment name cannot leave the folder', () => {
    const directory = folder({ 'x/.env': '', 'secret.txt': 'A=stolen' });
    const env = { ENVIRONMENT: '/../../secret.txt' };
    expect(app.loadSettings({ directory: join(directory, 'x'), env }).A).toBe('default');
  });
  test('envFiles replaces the cascade, the last one wins', () => {
    const directory = folder({ '.env': 'A=no', one: 'A=1\nB=1', two: 'A=2' });
    const envFiles = [join(directory, 'one'), join(directory, 'two'), join(directory, 'missing')];
    expect(app.loadSettings({ env: {}, envFiles })).toMatchObject({ A: '2', B: '1' });
    expect(app.loadSettings({ env: {}, envFiles: [], directory }).A).toBe('default');
  });
});

describe('secret files', () => {
  test('one trailing newline is stripped', () => {
    const directory = folder({ key: 'k\n', keys: 'k\n\n', windows: 'k\r\n' });
    const at = (name: string): string | undefined =>
      app.loadSettings({ directory, env: { KEY_FILE: join(directory, name) } }).KEY?.reveal();
    expect([at('key'), at('keys'), at('windows')]).toEqual(['k', 'k\n', 'k']);
  });
  test('what a file holds is never shown: it may be another secret', () => {
    const directory = folder({ key: 'hunter2' });
    const message = messageOf(() => load({}, { env: { N_FILE: join(directory, 'key') } }));
    expect(message).toMatch(/N \(file .*key, as N_FILE\): expected an integer; write digits/);
  });
  test('a secrets folder may use lower-case names', () => {
    const directory = folder({ key: 'lower', '..data': 'x' });
    expect(load({}, { secretsDirectory: directory }).KEY?.reveal()).toBe('lower');
  });
  test('a reference in a .env file is the content of a secret file, unless a stronger source has one', () => {
    const files = { '.env': 'A=x:${KEY}@h', key: 'sk-1\n', 'secrets/KEY': 'sk-2' };
    const directory = folder(files);
    const load = (env: Record<string, string>, more: Options = {}) =>
      app.loadSettings({ directory, env, ...more }).A;
    const secretsDirectory = join(directory, 'secrets');
    expect(load({ KEY_FILE: join(directory, 'key') })).toBe('x:sk-1@h');
    expect(load({}, { secretsDirectory })).toBe('x:sk-2@h');
    expect(load({ KEY: 'sk-3' }, { secretsDirectory })).toBe('x:sk-3@h');
    // Another program's pointer is not followed.
    const foreign = folder({ ...files, '.env': 'A=${PID}' });
    const run = () =>
      app.loadSettings({ directory: foreign, env: { PID_FILE: join(foreign, 'key') } });
    expect(run).toThrow('${PID} has no value');
  });
  test('a path that a shell would expand says so', () => {
    for (const path of ['~/key', '$HOME/key', '/run/$NAME/key']) {
      expect(messageOf(() => load({}, { env: { KEY_FILE: path } }))).toContain('only a shell');
    }
    expect(messageOf(() => load({}, { env: { KEY_FILE: '/run/key' } }))).toMatch(/not exist$/);
  });
  test('a .env file may point to a secret file', () => {
    const directory = folder({ key: 'pointed' });
    expect(load({ '.env': `KEY_FILE=${join(directory, 'key')}` }).KEY?.reveal()).toBe('pointed');
  });
  test('a value and a file for it in the same place are an error', () => {
    const both = { KEY: 'x', KEY_FILE: '/y' };
    expect(messageOf(() => load({}, { env: both }))).toContain('both KEY and KEY_FILE are set');
    expect(messageOf(() => load({ '.env': 'KEY=x\nKEY_FILE=/y' }))).toContain('both KEY');
  });
  test('a stronger value shadows a weaker pointer', () => {
    expect(load({ '.env': 'KEY_FILE=/missing' }, { env: { KEY: 'x' } }).KEY?.reveal()).toBe('x');
  });
  test('a folder, a missing, a too large and a binary file are errors that name it', () => {
    const directory = folder({ large: 'x'.repeat(MAX_FILE_BYTES + 1), nul: 'a\0b' });
    mkdirSync(join(directory, 'sub'));
    const at = (file: string): string => messageOf(() => load({}, { env: { KEY_FILE: file } }));
    expect(at(join(directory, 'sub'))).toMatch(/KEY .*sub cannot be used: it is a directory/);
    expect(at(join(directory, 'none'))).toMatch(/none cannot be used: it does not exist/);
    expect(at(join(directory, 'large'))).toMatch(/large cannot be used: it is larger than/);
    expect(at(join(directory, 'nul'))).toMatch(/nul cannot be used: it contains a NUL byte/);
    expect(at('/dev/zero')).toMatch(/zero cannot be used: it is not a regular file or a pipe/);
    expect(load({}, { env: { KEY_FILE: '' } }).KEY).toBeUndefined();
  });
  test('a variable whose own name ends in _FILE is not a pointer', () => {
    const { loadSettings } = defineSettings(
      { LOG: string({ default: '' }), LOG_FILE: string({ default: '' }) },
      { stock: false },
    );
    expect(loadSettings({ env: { LOG_FILE: '/not/read' }, envFiles: [] })).toMatchObject({
      LOG: '',
      LOG_FILE: '/not/read',
    });
  });
});

describe('expansion', () => {
  const one = (text: string, env: Record<string, string> = {}): string =>
    load({ '.env': text }, { env }).A;
  test('references, fallbacks and literals', () => {
    expect(one('A=${X}/y\nX=x')).toBe('x/y');
    expect(one('A="${X:-none}"')).toBe('none');
    expect(one('A="${X:-${Y:-deep}}"')).toBe('deep');
    expect(one("A='${X}'")).toBe('${X}');
    expect(one('A=\\${X}')).toBe('${X}');
    expect(one('A=$X and $(id)')).toBe('$X and $(id)');
    expect(one('A=${X}\nX=file', { X: 'process' })).toBe('process');
  });
  test('only .env is expanded, and once', () => {
    expect(load({}, { env: { A: '${HOME}' } }).A).toBe('${HOME}');
    expect(one('A=${X}', { X: '${Y}' })).toBe('${Y}');
  });
  test('an ignored empty value is not what a reference gets', () => {
    const options = { env: { X: '' }, ignoreEmpty: true };
    expect(load({ '.env': 'A=${X}\nX=file' }, options).A).toBe('file');
  });
  test('inherited names are not values', () => {
    expect(messageOf(() => one('A=${toString}'))).toContain('has no value');
    expect(one('A=${constructor:-safe}')).toBe('safe');
  });
  test('a cycle is named', () => {
    const message = messageOf(() => one('A=${B}\nB=${C}\nC=${A}'));
    expect(message).toContain('refers to itself: A → B → C → A');
    expect(message).toContain('line 1');
  });
  test('a variable that refers to itself means the next weaker value', () => {
    expect(one('A=${A:-d}')).toBe('d');
    expect(one('A=${A:-d}', { A: 'env' })).toBe('env');
    expect(one('A=${B}\nB=${B:-b}')).toBe('b');
    expect(load({ '.env': 'A=/usr', '.env.local': 'A=${A}:/opt' }).A).toBe('/usr:/opt');
    const three = { '.env': 'A=${A:-1}', '.env.local': 'A=${A}2', '.env.staging': 'A=${A}3' };
    expect(load(three, { env: { ENVIRONMENT: 'staging' } }).A).toBe('123');
    expect(messageOf(() => one('A=${A}'))).toContain('${A} has no value');
    expect(messageOf(() => one('A=${B:-x}\nB=${A:-y}'))).toContain('A → B → A');
  });
  test('growth and depth are bounded', () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `V${i}=\${V${i + 1}}\${V${i + 1}}`).join(
      '\n',
    );
    expect(messageOf(() => one(`A=\${V0}\n${bomb}\nV30=xxxxxxxx`))).toContain(
      'expands to more than',
    );
    const chain = Array.from({ length: 5000 }, (_, i) => `V${i}=\${V${i + 1}}`).join('\n');
    expect(messageOf(() => one(`A=\${V0}\n${chain}`))).toContain('deep');
    const nested = `${'${X:-'.repeat(10_000)}x${'}'.repeat(10_000)}`;
    expect(messageOf(() => one(`A=${nested}`))).toContain('single quotes');
  });
  test('a fault in a secret tells nothing of it', () => {
    const message = messageOf(() => load({ '.env': 'KEY=hun${ter2}x' }));
    expect(message).not.toMatch(/hun|ter2/);
    expect(message).toContain('use single quotes');
    const other = messageOf(() => load({ '.env': 'KEY=hun${ter2}x\nA=my ${KEY}' }));
    expect(other).not.toMatch(/hun|ter2/);
    expect(other).toMatch(/A .*it refers to KEY, which cannot be expanded \(.*line 1\)/);
  });
});

describe('lines that are not assignments', () => {
  function warningsOf(text: string, options: Options = {}): string[] {
    const found: string[] = [];
    load(
      { '.env': text },
      { onWarning: ({ reason, message }) => found.push(`${reason} ${message}`), ...options },
    );
    return found.map((line) => line.replace(/\S*\.env/, '.env'));
  }
  test.each([
    [
      '2CAPTCHA_KEY=sk-hunter2',
      'malformed .env line 1: this line has no variable name before its equals sign',
    ],
    [
      'npm_config_//registry.example/:_authToken=hunter2',
      'malformed .env line 1: this line has no variable name before its equals sign',
    ],
    [
      'X="{\\"a\\":\\"hunter2\\"}"',
      'malformed .env line 1: this line has text after its closing quote: use another kind of quote around the value',
    ],
    [
      'A=1\n\nhunter2 is my password',
      'malformed .env line 3: this line is not an assignment: write NAME=value',
    ],
    [
      'B=1\nhunter2hunter2hunter2+/==',
      'malformed .env line 2: this line has no variable name before its equals sign',
    ],
    ['OTHER: hunter2', 'malformed .env line 1: this line is not an assignment: write NAME=value'],
  ])('of other programs are warnings, also under strict: %j', (text, warning) => {
    expect(warningsOf(text)).toEqual([warning]);
    expect(warningsOf(text, { strict: true })).toEqual([warning]);
  });
  test.each([
    [
      'KEY="hunter2\nN=1',
      'malformed .env line 1: KEY has no closing quote: add one, or put another kind of quote around the value',
    ],
    [
      'OTHER="hunter2\nN=1',
      'malformed .env line 1: this line has no closing quote: add one, or put another kind of quote around the value',
    ],
    [
      'OTHER="hunter2\nN=1"',
      'malformed .env line 2: N is inside the quotes that line 1 opens, and sets nothing',
    ],
  ])('that may be meant are warnings: %j', (text, warning) => {
    expect(warningsOf(text)).toEqual([warning]);
    expect(warningsOf(text, { strict: true })).toEqual([warning]);
  });
  test.each([
    ['KEY sk-hunter2=', /\.env line 1: KEY is not an assignment/],
    ['N: 16', /\.env line 1: N is not an assignment/],
    [
      'KEY=-----BEGIN KEY-----\nhunter2hunter2\nhunter2+/==\n-----END KEY-----',
      /\.env line 1: KEY seems to continue on line 2: put quotes/,
    ],
    [
      'KEY="-----BEGIN KEY-----\nhunter2hunter2\n-----END KEY-----\nB=1',
      /\.env line 1: KEY seems to continue on line 2/,
    ],
    ['A={\n"key": "hunter2="\n}', /\.env line 1: A seems to continue on line 2/],
    ['KEY_FILE="/a"hunter2', /\.env line 1: KEY_FILE has text after its closing quote/],
  ])('of a variable are errors: %j', (text, message) => {
    const found = messageOf(() => load({ '.env': text }));
    expect(found).toMatch(message);
    expect(found).not.toContain('hunter2');
  });
  test('a required variable is reported once, and its explanation has the problem', () => {
    const needed = defineSettings({ KEY: secret(), N: integer() }, { stock: false });
    const directory = folder({ '.env': 'KEY sk-hunter2=\nN: 16' });
    expect(messageOf(() => needed.loadSettings({ env: {}, directory }))).toMatch(
      /^2 settings are wrong:\n.* line 1: KEY is not .*\n.* line 2: N is not [^\n]*$/,
    );
    const { problems, settings } = needed.explainSettings({ env: {}, directory });
    expect(problems).toEqual([]);
    expect(settings.map((setting) => setting.problems)).toEqual([
      [expect.stringContaining('line 1: KEY is not an assignment')],
      [expect.stringContaining('line 2: N is not an assignment')],
    ]);
  });
  test('many are summed up', () => {
    const found = warningsOf('stray line\n'.repeat(1000));
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toBe('malformed .env line 11: 990 more lines from here on cannot be used');
  });
});

describe('bad .env files', () => {
  test('a missing one is fine', () => {
    expect(load({}).A).toBe('default');
  });
  test.each([
    [
      'not UTF-8',
      new Uint8Array([65, 61, 49, 10, 66, 61, 0xff, 10]),
      /\.env line 2: it is not valid UTF-8/,
    ],
    ['UTF-16', Buffer.from('\uFEFFA=1', 'utf16le'), /\.env: it is UTF-16: save it as UTF-8/],
    ['UTF-16 without a mark', Buffer.from('A=1', 'utf16le'), /\.env: it is UTF-16/],
    ['UTF-16 of the other order', Buffer.from('A=1', 'utf16le').swap16(), /\.env: it is UTF-16/],
    ['binary', new Uint8Array([65, 61, 49, 10, 0, 10]), /\.env line 2: it contains a NUL byte/],
    ['malformed', 'B=1\nA: 3', /\.env line 2: A is not an assignment: write NAME=value/],
    ['huge', 'A'.repeat(MAX_FILE_BYTES + 1), /\.env: it is larger than/],
  ])('one that is %s is an error with file and line', (_what, content, message) => {
    expect(messageOf(() => load({ '.env': content }))).toMatch(message);
  });
  test('the error has file and line as data', () => {
    const directory = folder({ '.env': 'B=1\nA: 3' });
    const run = (): unknown => app.loadSettings({ env: {}, directory });
    const file = join(directory, '.env');
    const problem = { variable: file, source: 'env-file', file, line: 2 };
    expect(run).toThrow(
      expect.objectContaining({ details: { problems: [expect.objectContaining(problem)] } }),
    );
  });
  test('a folder in its place is an error', () => {
    expect(messageOf(() => load({ '.env/x': '' }))).toMatch(/\.env: it is a directory/);
  });
  test('an unreadable one is an error', () => {
    const directory = folder();
    symlinkSync('.env', join(directory, '.env'));
    const run = (): unknown => app.loadSettings({ env: {}, directory });
    expect(messageOf(run)).toContain('cannot be read (ELOOP)');
  });
  test('a secrets folder that is a file is an error', () => {
    const directory = folder({ file: '' });
    const run = (): unknown => load({}, { secretsDirectory: join(directory, 'file') });
    expect(messageOf(run)).toContain('the secrets directory cannot be read');
  });
});
