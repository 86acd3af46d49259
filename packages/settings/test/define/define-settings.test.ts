import { inspect } from 'node:util';
import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { defineSettings } from '../../src/define/define-settings.ts';
import type { SettingsWarning } from '../../src/load/load.ts';
import { integer, json, list, oneOf, secret, set, string, url } from '../../src/schema/builders.ts';
import { folder } from '../temporary-folder.ts';

const none = { env: {}, envFiles: [] };

test('own variables come on top of the stock ones', () => {
  const { loadSettings } = defineSettings({ DATABASE_URL: url({ schemes: ['postgres'] }) });
  const settings = loadSettings({ env: { DATABASE_URL: 'postgres://h/db' }, envFiles: [] });
  expect(settings.DATABASE_URL).toBe('postgres://h/db');
  expect(settings.METRICS_PORT).toBe(9090);
  expect(settings.ENABLED_MODELS_SET.size).toBe(0);
});

test('or replace them, one or all', () => {
  const replaced = defineSettings({ ENVIRONMENT: oneOf(['local', 'cloud'], { default: 'local' }) });
  expect(replaced.loadSettings(none).ENVIRONMENT).toBe('local');
  const models = defineSettings({ ENABLED_MODELS: set() });
  const env = { ENABLED_MODELS: 'a' };
  expect(models.loadSettings({ env, envFiles: [] }).ENABLED_MODELS_SET.has('a')).toBe(true);
  const alone = defineSettings({ A: integer({ default: 1 }) }, { stock: false });
  expect({ ...alone.loadSettings(none) }).toEqual({ A: 1 });
});

test('a Type.Object of plain TypeBox schemas works', () => {
  const schema = Type.Object({
    PORT: Type.Integer({ minimum: 1, default: 3000 }),
    TAGS: Type.Array(Type.String({ maxLength: 3 })),
    MAIL: Type.Optional(Type.String({ format: 'email' })),
    MODE: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  });
  const { loadSettings } = defineSettings(schema, { stock: false });
  const env = { PORT: '80', TAGS: 'x, y', MAIL: 'a@b.example', MODE: 'B' };
  expect({ ...loadSettings({ env, envFiles: [] }) }).toEqual({
    PORT: 80,
    TAGS: ['x', 'y'],
    MAIL: 'a@b.example',
    MODE: 'b',
  });
  const wrong = { PORT: '0', TAGS: 'long', MAIL: 'nobody' };
  expect(() => loadSettings({ env: wrong, envFiles: [] })).toThrow(
    /4 settings are wrong:\n(.*MODE.*|.*PORT.*at least 1.*|.*TAGS\.0.*at most 3 characters.*|.*MAIL.*format email.*|\n){7}$/,
  );
  expect(schema.additionalProperties).toBeUndefined();
});

test('keywords that only the validator knows are judged by it', () => {
  const { loadSettings } = defineSettings(
    {
      N: Type.Integer({ multipleOf: 5 }),
      O: json(Type.Object({ a: Type.Integer({ default: 7 }) })),
    },
    { stock: false },
  );
  const load = (N: string) => loadSettings({ env: { N, O: '{}' }, envFiles: [] });
  expect(load('10')).toMatchObject({ N: 10, O: { a: 7 } });
  expect(() => load('7')).toThrow('N (environment): expected a multiple of 5, got 7');
});

test('a javascript: address is not a URI', () => {
  const { loadSettings } = defineSettings({ U: Type.String({ format: 'uri' }) }, { stock: false });
  expect(loadSettings({ env: { U: 'https://a.example' }, envFiles: [] }).U).toBe(
    'https://a.example',
  );
  for (const U of ['javascript:alert(1)', ' data:text/html,x', 'nothing']) {
    expect(() => loadSettings({ env: { U }, envFiles: [] }), U).toThrow('format uri');
  }
});

test('a set loads frozen, each member once, and explains itself', () => {
  const { loadSettings, explainSettings } = defineSettings({ TAGS: set() }, { stock: false });
  const options = { env: { TAGS: 'a,b,a' }, envFiles: [] };
  const { TAGS } = loadSettings(options);
  expect([...TAGS]).toEqual(['a', 'b']);
  expect(() => (TAGS as Set<string>).add('c')).toThrow(TypeError);
  expect(explainSettings(options).settings[0]?.value).toBe('a,b');
  expect(loadSettings({ ...options, overrides: { TAGS: new Set(['x']) } }).TAGS.has('x')).toBe(
    true,
  );
});

test('getSettings is cached for each definition', () => {
  const first = defineSettings({ A: string({ default: 'a' }) });
  const second = defineSettings({ A: string({ default: 'b' }) });
  expect(first.getSettings()).toBe(first.getSettings());
  expect([first.getSettings().A, second.getSettings().A]).toEqual(['a', 'b']);
});

describe('required in an environment', () => {
  const { loadSettings } = defineSettings(
    { SESSION_KEY: secret({ default: '' }) },
    { required: { production: ['SESSION_KEY', 'OPENAI_API_KEY'] } },
  );
  test('nothing is wrong elsewhere', () => {
    expect(loadSettings(none).SESSION_KEY.isSet).toBe(false);
  });
  test('a default and an empty value are not enough there', () => {
    const env = { ENVIRONMENT: 'Production', OPENAI_API_KEY: '' };
    expect(() => loadSettings({ env, envFiles: [] })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_MISSING_3001',
        message: expect.stringMatching(
          /OPENAI_API_KEY \(environment\): is required in production[\s\S]*SESSION_KEY: is required in production; set SESSION_KEY, or SESSION_KEY_FILE/,
        ),
      }),
    );
  });
  test('a value or a file is', () => {
    const directory = folder({ key: 'k' });
    const env = {
      ENVIRONMENT: 'production',
      OPENAI_API_KEY: 'a',
      SESSION_KEY_FILE: `${directory}/key`,
    };
    expect(loadSettings({ env, envFiles: [] }).SESSION_KEY.reveal()).toBe('k');
  });
});

describe('other names', () => {
  const { loadSettings } = defineSettings(
    { TIMEOUT_COUNT: integer({ default: 0 }) },
    {
      aliases: { TIMEOUT_COUNT: ['TIMEOUTS'] },
      deprecated: { TIMEOUT_NUMBER: 'TIMEOUT_COUNT', OLD_FLAG: { note: 'since 2.0' } },
    },
  );
  const load = (env: Record<string, string>) => {
    const warnings: SettingsWarning[] = [];
    const settings = loadSettings({ env, envFiles: [], onWarning: (w) => warnings.push(w) });
    return { count: settings.TIMEOUT_COUNT, warnings: warnings.map(({ message }) => message) };
  };
  test('an alias works like the name, which takes precedence', () => {
    expect(load({ TIMEOUTS: '2' })).toEqual({ count: 2, warnings: [] });
    expect(load({ TIMEOUTS: '2', TIMEOUT_COUNT: '3' })).toEqual({ count: 3, warnings: [] });
  });
  test('a deprecated name works with a warning', () => {
    expect(load({ TIMEOUT_NUMBER: '4' })).toEqual({
      count: 4,
      warnings: ['TIMEOUT_NUMBER (environment): is deprecated; use TIMEOUT_COUNT instead'],
    });
    expect(load({ OLD_FLAG: '1' }).warnings).toEqual([
      'OLD_FLAG (environment): is deprecated and has no effect; remove it (since 2.0)',
    ]);
  });
  test('an error names the name that was used', () => {
    expect(() => load({ TIMEOUTS: 'x' })).toThrow('TIMEOUT_COUNT (environment, as TIMEOUTS)');
  });
});

describe('rules', () => {
  const { loadSettings } = defineSettings(
    { LOW: integer({ default: 1 }), HIGH: integer({ default: 2 }), NAMES: list() },
    {
      stock: false,
      rules: [
        { variables: ['LOW', 'HIGH'], check: (s) => s.LOW < s.HIGH, message: 'must be below HIGH' },
        { variables: ['NAMES'], check: (s) => s.NAMES[0]?.length === 1, message: 'must be short' },
      ],
    },
  );
  const load = (env: Record<string, string>) => () => loadSettings({ env, envFiles: [] });
  test('a broken one names its first variable and the source', () => {
    expect(load({ LOW: '5', NAMES: 'a' })).toThrow('LOW (environment): must be below HIGH');
  });
  test('one over a wrong variable is left out, the others are checked', () => {
    expect(load({ LOW: 'x', NAMES: 'long' })).toThrow(
      /^2 settings[\s\S]*LOW[\s\S]*NAMES.*must be short/,
    );
  });
  test('what a rule gets shows no secret either', () => {
    const seen: string[] = [];
    const check = (s: object): boolean => seen.push(inspect(s), JSON.stringify(s)) > 0;
    const { loadSettings: loadApp } = defineSettings(
      { TOKEN: string({ secret: true }) },
      { rules: [{ variables: ['TOKEN'], check, message: 'x' }] },
    );
    const env = { TOKEN: 'hunter2', REDIS_URL: 'redis://:hunter2@h' };
    const settings = loadApp({ env, envFiles: [] });
    seen.push(inspect(settings, { customInspect: false }));
    expect(seen).toHaveLength(3);
    expect(String(seen)).not.toContain('hunter2');
    expect(settings.TOKEN).toBe('hunter2');
  });
  test('one that throws is a problem, not a crash', () => {
    const failing = defineSettings(
      { A: string({ default: 'a' }) },
      {
        stock: false,
        rules: [
          {
            variables: ['A'],
            check: () => {
              throw new RangeError('hunter2');
            },
            message: 'x',
          },
        ],
      },
    );
    expect(() => failing.loadSettings(none)).toThrow(
      'A (default): a rule over it failed with RangeError',
    );
  });
  test('one whose check is async is a problem, whatever its promise becomes', () => {
    const check = (async () => true) as never;
    const rules = [{ variables: ['A'], check, message: 'x' }] as const;
    const late = defineSettings({ A: string({ default: 'a' }) }, { stock: false, rules });
    expect(() => late.loadSettings(none)).toThrow(
      'A (default): a rule over it has an async `check`, which must return true or false at once',
    );
  });
});

test('unknown variables with the own prefix are reported', () => {
  const { loadSettings } = defineSettings(
    { SHOP_NAME: string({ default: '' }) },
    { prefix: 'SHOP_' },
  );
  const env = { SHOP_COLOR: 'red', OTHER: 'x' };
  const warnings: SettingsWarning[] = [];
  loadSettings({ env, envFiles: [], onWarning: (warning) => warnings.push(warning) });
  expect(warnings).toEqual([
    {
      reason: 'unknown',
      variable: 'SHOP_COLOR',
      message: 'SHOP_COLOR (environment): is not a known variable; remove it or declare it',
    },
  ]);
  expect(() => loadSettings({ env, envFiles: [], strict: true })).toThrow('SHOP_COLOR');
});

test.each([
  [
    'a Transform',
    { A: Type.Transform(Type.String()).Decode(Number).Encode(String) },
    {},
    'Transform',
  ],
  ['an Intersect', { A: Type.Intersect([Type.Object({}), Type.Object({})]) }, {}, 'Type.Composite'],
  ['no schema', undefined as never, {}, 'not an object of variables'],
  ['a string as a schema', { A: 'string' as never }, {}, 'A is neither a setting nor a TypeBox'],
  ['a secret in a union', { A: Type.Union([secret(), Type.Integer()]) }, {}, 'would not be masked'],
  [
    'one in a tuple',
    { A: json(Type.Object({ b: Type.Tuple([secret()]) })) },
    {},
    'would not be masked',
  ],
  ['a bad name', { 'A-B': Type.String() }, {}, 'cannot be the name'],
  ['an unknown name in a rule', { A: Type.String() }, { required: { x: ['B'] } }, 'names B'],
  [
    'a name used twice',
    { A: Type.String(), B: Type.String() },
    { aliases: { A: ['B'] } },
    'B would set both',
  ],
])('%s is refused when it is defined', (_what, schema, rules, message) => {
  expect(() => defineSettings(schema, rules as object)).toThrow(message);
});

test('a schema that the validator cannot use is a clear error', () => {
  const { loadSettings } = defineSettings({ A: Type.String({ nonsense: true }) }, { stock: false });
  expect(() => loadSettings({ env: { A: 'x' }, envFiles: [] })).toThrow(
    'the schema cannot be used: strict mode: unknown keyword: "nonsense"',
  );
});

test('so is a pattern that is not a regular expression', () => {
  const schema = Type.Object({}, { patternProperties: { '(': Type.String() } });
  const { loadSettings } = defineSettings({ A: schema }, { stock: false });
  expect(() => loadSettings({ env: { A: '{"b":"c"}' }, envFiles: [] })).toThrow(
    /^1 setting is wrong:[\s\S]*the schema cannot be used/,
  );
});

test('a definition says where its variables are read from; a single load may say otherwise', () => {
  const directory = folder({
    'secrets/KEY': 'from the folder\n',
    'shop.env': 'NAME=from shop.env\nCOUNT=',
    '.env': 'NAME=from .env',
  });
  const schema = {
    KEY: secret({ default: '' }),
    NAME: string({ default: '' }),
    COUNT: integer({ default: 1 }),
  };
  const app = defineSettings(schema, {
    stock: false,
    secretsDirectory: `${directory}/secrets`,
    envFiles: [`${directory}/shop.env`],
    ignoreEmpty: true,
  });
  const settings = app.loadSettings({ env: {} });
  expect(settings).toMatchObject({ NAME: 'from shop.env', COUNT: 1 });
  expect(settings.KEY.reveal()).toBe('from the folder');
  expect(app.getSettings()).toMatchObject({ NAME: 'from shop.env', COUNT: 1 });
  expect(app.explainSettings({ env: {} }).problems).toEqual([]);
  expect(app.loadSettings({ env: {}, envFiles: [] }).NAME).toBe('');
  const inFolder = defineSettings(schema, { stock: false, directory });
  expect(inFolder.loadSettings({ env: {} }).NAME).toBe('from .env');
});

test('parts that are too deep are an error of their variable', () => {
  const app = defineSettings({ TREE: json(Type.Any()) }, { stock: false });
  const env = { TREE: '{}', [`TREE${'__a'.repeat(30_000)}`]: 'x' };
  expect(() => app.loadSettings({ env, envFiles: [] })).not.toThrow(RangeError);
  const stock = (): unknown =>
    defineSettings({}).loadSettings({
      env: { [`LLM_PROVIDERS_CONFIG${'__a'.repeat(30_000)}`]: 'x' },
      envFiles: [],
    });
  expect(stock).toThrow('LLM_PROVIDERS_CONFIG.a.a (environment, as LLM_PROVIDERS_CONFIG__a');
  expect(stock).toThrow('it sets a place more than 64 levels deep');
});

test.each([
  ['env', 'x', 'must be an object, got a string'],
  ['overrides', 5, 'must be an object, got 5'],
  ['directory', {}, 'must be a string, got an object'],
  ['secretsDirectory', [], 'must be a string, got an array'],
  ['envFiles', '.env', 'must be an array of file names, got a string'],
  ['envFiles[1]', ['.env', []], 'must be a string, got an array'],
])('a source that cannot be read is a wrong option: %s', (name, value, message) => {
  const { loadSettings } = defineSettings({ A: string({ default: '' }) }, { stock: false });
  const options = { ...none, [name.replace(/\[.*/, '')]: value } as never;
  const wrong = {
    code: 'CONFIG_INVALID_3002',
    message: `\`${name}\` of loadSettings() ${message}.`,
  };
  expect(() => loadSettings(options)).toThrow(expect.objectContaining(wrong));
});

test('a schema that contains itself is refused by the name of its variable', () => {
  const tree: Record<string, unknown> = { type: 'object' };
  tree['properties'] = { child: tree };
  expect(() => defineSettings({ TREE: tree as never })).toThrow(
    'These settings cannot be defined: the schema of TREE contains itself.',
  );
  const self: Record<string, unknown> = {};
  self['SELF'] = self;
  expect(() => defineSettings(self as never)).toThrow('the schema of SELF contains itself');
});
