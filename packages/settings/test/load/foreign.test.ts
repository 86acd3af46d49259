import { Type } from '@sinclair/typebox';
import { describe, expect, test, vi } from 'vitest';
import {
  defineSettings,
  explainSettings,
  integer,
  json,
  loadSettings,
  optional,
  path,
  port,
  type SettingsWarning,
  string,
} from '../../src/index.ts';
import { stockProperties } from '../../src/stock/properties.ts';
import { folder } from '../temporary-folder.ts';

function load(env: Record<string, string>, dotenv = '') {
  const warnings: SettingsWarning[] = [];
  const onWarning = (warning: SettingsWarning) => warnings.push(warning);
  const directory = folder({ '.env': dotenv });
  return { settings: loadSettings({ env, directory, onWarning }), warnings };
}

describe('DEBUG of the npm package debug', () => {
  test.each(['express:*', '*', 'knex,app:db', 'mquery', '-not_this'])('%j', (DEBUG) => {
    expect(load({ DEBUG })).toMatchObject({ settings: { DEBUG: false }, warnings: [] });
    expect(load({ DEBUG }, 'DEBUG=yes').settings.DEBUG).toBe(true);
    expect(load({}, `DEBUG=${DEBUG}`).settings.DEBUG).toBe(false);
  });

  test('a boolean is still one, and an override must be', () => {
    expect(load({ DEBUG: 'ON' }).settings.DEBUG).toBe(true);
    const run = () => loadSettings({ env: {}, envFiles: [], overrides: { DEBUG: 'express:*' } });
    expect(run).toThrow('DEBUG (override): expected a boolean');
  });

  test('the explanation shows what was passed over', () => {
    const { settings } = explainSettings({ env: { DEBUG: 'express:*' }, envFiles: [] });
    expect(settings.find(({ name }) => name === 'DEBUG')).toMatchObject({
      value: 'false',
      from: 'default',
      shadowed: [{ value: 'express:*', from: 'environment' }],
    });
  });
});

describe('the variables of Kubernetes', () => {
  const service = (name: string, number: number): Record<string, string> => ({
    [`${name}_SERVICE_HOST`]: '10.0.0.7',
    [`${name}_SERVICE_PORT`]: `${number}`,
    [`${name}_SERVICE_PORT_HTTP`]: `${number}`,
    [`${name}_PORT`]: `tcp://10.0.0.7:${number}`,
    [`${name}_PORT_${number}_TCP`]: `tcp://10.0.0.7:${number}`,
    [`${name}_PORT_${number}_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_${number}_TCP_PORT`]: `${number}`,
    [`${name}_PORT_${number}_TCP_ADDR`]: '10.0.0.7',
  });
  const shop = defineSettings(
    { SHOP_WORKERS: integer({ default: 1 }), SHOP_PORT: port({ default: 8080 }) },
    { prefix: 'SHOP_', strict: true },
  );

  test('a Service called like the prefix, or with it, does not stop a strict start', () => {
    const env = { ...service('SHOP', 80), ...service('SHOP_API', 443), SHOP_WORKERS: '2' };
    const warnings: SettingsWarning[] = [];
    const onWarning = (warning: SettingsWarning) => warnings.push(warning);
    const settings = shop.loadSettings({ env, envFiles: [], onWarning });
    expect(settings).toMatchObject({ SHOP_WORKERS: 2, SHOP_PORT: 8080 });
    expect(warnings).toEqual([
      {
        reason: 'ignored',
        variable: 'SHOP_PORT',
        message:
          'SHOP_PORT (environment): is ignored: Kubernetes sets it for a service of that name; rename the service, or set enableServiceLinks to false',
      },
    ]);
  });

  test('other unknown names are still found beside them', () => {
    const env = { ...service('SHOP', 80), SHOP_WORKER: '2', SHOP_COLOUR: 'red' };
    const run = () => shop.loadSettings({ env, envFiles: [], onWarning: () => undefined });
    expect(run).toThrow(/^2 settings are wrong:\n.*SHOP_WORKER .*\n.*SHOP_COLOUR /);
  });

  test('the port of a stock variable falls back to a weaker source', () => {
    expect(load(service('METRICS', 9090), 'METRICS_PORT=9464').settings.METRICS_PORT).toBe(9464);
    expect(load(service('METRICS', 9090)).settings.METRICS_PORT).toBe(9090);
  });

  test('a port that is declared as an integer', () => {
    const variables = { WEB_PORT: integer({ default: 80 }), WEB_SIZE: integer({ default: 1 }) };
    const { loadSettings: one } = defineSettings(variables, { stock: false });
    const onWarning = () => undefined;
    expect(one({ env: service('WEB', 80), envFiles: [], onWarning }).WEB_PORT).toBe(80);
    expect(() => one({ env: { WEB_SIZE: 'tcp://10.0.0.7:80' }, envFiles: [] })).toThrow('WEB_SIZE');
  });

  test.each([
    ['a number', Type.Number({ default: 80 }), 80],
    ['nullable', Type.Union([Type.Integer(), Type.Null()], { default: null }), null],
    [
      'one of some numbers',
      Type.Union([Type.Literal(80), Type.Literal(8080)], { default: 80 }),
      80,
    ],
    ['an optional number', Type.Optional(Type.Number()), undefined],
    ['an optional port', Type.Optional(port()), undefined],
  ])('a port that is declared as %s', (_what, schema, expected) => {
    const { loadSettings: one } = defineSettings({ WEB_PORT: schema }, { stock: false });
    const onWarning = vi.fn();
    const env = service('WEB', 8000);
    expect(one({ env, envFiles: [], strict: true, onWarning }).WEB_PORT).toBe(expected);
    expect(onWarning).toHaveBeenCalledOnce();
  });

  test('a port that has no other value says where this one comes from', () => {
    const { loadSettings: one } = defineSettings({ WEB_PORT: port() }, { stock: false });
    expect(() => one({ env: service('WEB', 80), envFiles: [] })).toThrow('enableServiceLinks');
  });
});

describe('a name that every environment has', () => {
  test.each([
    ['PATHS', 'PATH'],
    ['USERS', 'USER'],
    ['NODES', 'NODE'],
    ['TEAM', 'TERM'],
    ['EMAIL', 'MAIL'],
    ['HOSTS', 'HOST'],
  ])('is not taken for a misspelt %s: %s', (name, system) => {
    const { loadSettings: own } = defineSettings(
      { [name]: optional(string()) },
      { stock: false, strict: true },
    );
    expect(own({ env: { [system]: 'x' }, envFiles: [] })).toEqual({});
    // A line of the application's own file may be a slip.
    const directory = folder({ '.env': `${system}=x` });
    expect(() => own({ env: {}, directory })).toThrow(`did you mean ${name}?`);
    expect(() => own({ env: { [`${name}X`]: 'x' }, envFiles: [] })).toThrow(name);
  });
});

describe('an empty value is not set', () => {
  const withDefault = Object.entries(stockProperties).filter(
    ([name, schema]) => schema.default !== undefined && name !== 'METRICS_PREFIX',
  );
  test.each(withDefault)('%s has its default', (name, schema) => {
    const settings: Record<string, unknown> = { ...load({ [name]: '' }).settings };
    expect(settings).toEqual({ ...load({}).settings });
    expect({ ...load({}, `${name}=`).settings }).toEqual(settings);
    expect({ ...load({ [name]: '' }, `${name}=other`).settings }).toEqual(settings);
    expect(schema.default).toBeDefined();
  });

  // A string of blanks may be meant where any string may be.
  const strings =
    /^(?:APP_|DEFAULT_MODEL|METRICS_HOST|REDIS_(?:USERNAME|SENTINEL))|_KEY$|PASSWORD$/;
  const blank = Object.keys(stockProperties).filter((name) => !strings.test(name));
  test.each(blank)('blanks alone neither: %s', (name) => {
    const { settings } = load({});
    for (const value of [' ', '\t ', '  \n']) {
      expect({ ...load({ [name]: value }).settings }).toEqual({ ...settings });
    }
    expect({ ...load({}, `${name}='  '`).settings }).toEqual({ ...settings });
  });

  test('blanks alone stay where they are a value, and are an error where one is needed', () => {
    const app = defineSettings(
      { SEPARATOR: string({ default: ',' }), PREFIX: string({ pattern: '^\\w*$', default: 'a' }) },
      { stock: false },
    );
    const env = { SEPARATOR: ' ', PREFIX: ' ' };
    expect(app.loadSettings({ env, envFiles: [] })).toEqual({ SEPARATOR: ' ', PREFIX: 'a' });
    const needed = defineSettings({ SIZE: integer(), HOME: path() }, { stock: false });
    const run = () => needed.loadSettings({ env: { SIZE: ' ', HOME: ' ' }, envFiles: [] });
    expect(run).toThrow(/SIZE \(environment\): expected an integer/);
    expect(run).toThrow(/HOME \(environment\): expected a file path/);
  });

  test('a blank ENVIRONMENT, pointer or key', () => {
    expect(load({ ENVIRONMENT: ' ', NODE_ENV: 'test' }).settings.ENVIRONMENT).toBe('test');
    const directory = folder({ '.env.development': 'APP_NAME=dev' });
    expect(loadSettings({ env: { ENVIRONMENT: ' ' }, directory }).APP_NAME).toBe('dev');
    const env = { OPENAI_API_KEY: 'sk-2', OPENAI_API_KEY_FILE: ' ', GROQ_API_KEY: ' ' };
    const { settings } = load({ ...env, LLM_PROVIDERS_CONFIG: '{"groq":{}}' });
    expect(settings.OPENAI_API_KEY.reveal()).toBe('sk-2');
    expect(settings.LLM_PROVIDERS_CONFIG['groq']).toEqual({});
    expect(String(explainSettings({ env: { LOG_LEVEL: ' ' }, envFiles: [] }))).toMatch(
      /^LOG_LEVEL +INFO +default; empty in environment$/m,
    );
  });

  test('an empty ENVIRONMENT lets NODE_ENV count', () => {
    expect(load({ ENVIRONMENT: '', NODE_ENV: 'test' }).settings.ENVIRONMENT).toBe('test');
    expect(load({ ENVIRONMENT: '' }).settings.ENVIRONMENT).toBe('development');
  });

  test('with ignoreEmpty a weaker source counts', () => {
    const directory = folder({ '.env': 'LOG_LEVEL=ERROR' });
    const env = { LOG_LEVEL: '' };
    expect(loadSettings({ env, directory }).LOG_LEVEL).toBe('INFO');
    expect(loadSettings({ env, directory, ignoreEmpty: true }).LOG_LEVEL).toBe('ERROR');
  });

  test('the explanation names the empty source', () => {
    const explanation = explainSettings({ env: { LOG_LEVEL: '', LOG_FILE: '' }, envFiles: [] });
    expect(String(explanation)).toMatch(/^LOG_LEVEL +INFO +default; empty in environment$/m);
    expect(String(explanation)).toMatch(/^LOG_FILE +- +not set; empty in environment$/m);
  });

  test('a default inside a structure', () => {
    const shape = Type.Object({ size: Type.Number({ default: 3 }), name: Type.String() });
    const { loadSettings: own } = defineSettings({ BOX: json(shape) }, { stock: false });
    const env = { BOX: '{"size":"","name":"x"}' };
    expect(own({ env, envFiles: [] })).toEqual({ BOX: { size: 3, name: 'x' } });
  });

  test.each([
    'REDIS_USERNAME',
    'LOG_FILE',
    'DEFAULT_MODEL',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'REDIS_TLS_CA_FILE',
  ] as const)('%s', (name) => {
    expect(load({ [name]: '' }).settings[name]).toBeUndefined();
    expect(load({}, `${name}=`).settings[name]).toBeUndefined();
    expect(load({ [name]: '' }, `${name}=/x`).settings[name]).toBeUndefined();
  });

  test('a part of a structure, too', () => {
    const env = {
      LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL: '',
      LLM_PROVIDERS_CONFIG__OPENAI__TIMEOUT: '5s',
    };
    expect(load(env).settings.LLM_PROVIDERS_CONFIG.openai).toEqual({ timeout: 5000 });
    const whole = { LLM_PROVIDERS_CONFIG: '{"groq":{"timeout":"","organization":""}}' };
    expect(load(whole).settings.LLM_PROVIDERS_CONFIG['groq']).toEqual({});
  });

  test('where an empty value has a use it stays, and where one is needed it is an error', () => {
    const app = defineSettings(
      { A: optional(string()), B: optional(integer()), C: string({ default: 'c' }), D: integer() },
      { stock: false, required: { production: ['B'] } },
    );
    const empty = { A: '', B: '', C: '', D: '1' };
    expect(app.loadSettings({ env: empty, envFiles: [] })).toEqual({ A: '', C: '', D: 1 });
    expect(() => app.loadSettings({ env: { D: '' }, envFiles: [] })).toThrow('D (environment)');
    const stock = defineSettings(
      { B: optional(integer()) },
      { required: { production: ['B', 'REDIS_URL'] } },
    );
    const env = { ENVIRONMENT: 'production', B: '', REDIS_URL: '' };
    const run = () => stock.loadSettings({ env, envFiles: [] });
    expect(run).toThrow(/B \(environment\): is required in production/);
    expect(run).toThrow(/REDIS_URL \(environment\): is required in production/);
  });
});

describe('a secret beside a pointer to its file', () => {
  test('an empty one of the two does not count', () => {
    const directory = folder({ key: 'sk-1\n', '.env': 'OPENAI_API_KEY=\n' });
    const OPENAI_API_KEY_FILE = `${directory}/key`;
    const key = (env: Record<string, string>, files: string[] = []) =>
      loadSettings({ env, envFiles: files }).OPENAI_API_KEY.reveal();
    expect(key({ OPENAI_API_KEY: '', OPENAI_API_KEY_FILE })).toBe('sk-1');
    expect(key({ OPENAI_API_KEY: 'sk-2', OPENAI_API_KEY_FILE: '' })).toBe('sk-2');
    expect(key({ OPENAI_API_KEY_FILE }, [`${directory}/.env`])).toBe('sk-1');
    expect(key({ OPENAI_API_KEY_FILE: '' })).toBe('');
  });
});

describe('NODE_ENV', () => {
  const environment = (env: Record<string, string>, dotenv = '') =>
    load(env, dotenv).settings.ENVIRONMENT;
  test('names the environment when nothing else does', () => {
    expect(environment({ NODE_ENV: 'production' })).toBe('production');
    expect(environment({ NODE_ENV: 'test' })).toBe('test');
    expect(environment({ NODE_ENV: 'production', ENVIRONMENT: 'staging' })).toBe('staging');
    expect(environment({ NODE_ENV: 'production' }, 'ENVIRONMENT=staging')).toBe('staging');
    expect(environment({}, 'NODE_ENV=production')).toBe('development');
    expect(environment({ NODE_ENV: 'ci' })).toBe('development');
  });
  test('selects the .env files and the requirements', () => {
    const directory = folder({ '.env.production': 'APP_NAME=live' });
    expect(loadSettings({ env: { NODE_ENV: 'production' }, directory }).APP_NAME).toBe('live');
    const app = defineSettings({}, { required: { production: ['OPENAI_API_KEY'] } });
    const run = () => app.loadSettings({ env: { NODE_ENV: 'production' }, envFiles: [] });
    expect(run).toThrow('OPENAI_API_KEY: is required in production');
  });
});

test.each([
  ['verbose', 'VERBOSE'],
  ['http', 'HTTP'],
  ['off', 'OFF'],
  ['silent', 'OFF'],
  ['notice', 'INFO'],
  ['crit', 'CRITICAL'],
  ['silly', 'TRACE'],
  ['emerg', 'CRITICAL'],
  ['Alert', 'CRITICAL'],
  ['NOTSET', 'TRACE'],
])('LOG_LEVEL=%s is %s, as for the logger', (written, level) => {
  const env = { LOG_LEVEL: written, LOG_LEVELS: `map.http=${written}` };
  expect(load(env).settings).toMatchObject({ LOG_LEVEL: level, LOG_LEVELS: { 'map.http': level } });
});
