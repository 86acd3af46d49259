import { inspect } from 'node:util';
import { MASK } from '@map/redaction';
import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import {
  defineSettings,
  explainSettings,
  json,
  loadSettings,
  oneOf,
  optional,
  record,
  secretTexts,
  string,
  url,
} from '../../src/index.ts';

const KEY = 'hunter2-hunter2';

/** Everything that `check` and `explain` print of some stock variables. */
function output(env: Record<string, string>): string {
  const explanation = explainSettings({ env, envFiles: [] });
  let message = '';
  try {
    loadSettings({ env, envFiles: [], onWarning: (warning) => (message += warning.message) });
  } catch (error) {
    message += inspect(error, { depth: null }) + JSON.stringify(error);
  }
  return `${String(explanation)}\n${JSON.stringify(explanation)}\n${message}`;
}

describe('a key in the wrong place of LLM_PROVIDERS_CONFIG is never shown', () => {
  test.each([
    ['a misspelt field', { LLM_PROVIDERS_CONFIG: `{"openai":{"apiKey":"${KEY}"}}` }],
    ['another one', { LLM_PROVIDERS_CONFIG: `{"openai":{"key":"${KEY}","timeout":"5s"}}` }],
    ['a misspelt part', { LLM_PROVIDERS_CONFIG__OPENAI__APIKEY: KEY }],
    ['a part with a part', { LLM_PROVIDERS_CONFIG__OPENAI__API__KEY: KEY }],
    ['a list', { LLM_PROVIDERS_CONFIG: `{"openai":{"api_key":["${KEY}"]}}` }],
    ['an object', { LLM_PROVIDERS_CONFIG: `{"openai":{"api_key":{"value":"${KEY}"}}}` }],
    ['a field of a field', { LLM_PROVIDERS_CONFIG: `{"openai":{"auth":{"header":"${KEY}"}}}` }],
    ['instead of the provider', { LLM_PROVIDERS_CONFIG: `{"openai":"${KEY}"}` }],
    ['in a list instead of the provider', { LLM_PROVIDERS_CONFIG: `{"openai":["${KEY}"]}` }],
    ['instead of the JSON', { LLM_PROVIDERS_CONFIG: KEY }],
    ['a list of providers', { LLM_PROVIDERS_CONFIG: `[{"name":"openai","api_key":"${KEY}"}]` }],
    ['as a name', { LLM_PROVIDERS_CONFIG: '{"openai":{"sk-proj-hunter2-hunter2":"x"}}' }],
    [
      'in another field',
      { LLM_PROVIDERS_CONFIG: '{"openai":{"base_url":"sk-proj-hunter2-hunter2"}}' },
    ],
    ['a string instead of the JSON', { LLM_PROVIDERS_CONFIG: `"${KEY.slice(-14)}"` }],
    ['a header', { LLM_PROVIDERS_CONFIG: '{"openai":{"headers":{"x-any":"hunter2"}}}' }],
    ['instead of a URL', { REDIS_URL: 'hunter2' }],
    ['a number', { LLM_PROVIDERS_CONFIG: '{"openai":{"token":8675309}}' }],
  ])('%s', (_what, env: Record<string, string>) => {
    expect(output(env)).not.toMatch(/hunter2|8675309/);
  });
});

describe('in the place of a number or of a word', () => {
  test.each([
    ['LOG_LEVEL', 'Hunter2-and-more'],
    ['METRICS_PORT', 'hunter2hunter2'],
    ['METRICS_ENABLED', 'hunter2#hunter2'],
    ['HTTP_TIMEOUT', 'hunter2@hunter2'],
  ])('a random word is not shown: %s', (name, value) => {
    expect(output({ [name]: value })).toContain('got "**********"');
    expect(output({ [name]: value })).not.toMatch(/hunter2/i);
  });
  test.each([
    ['LOG_LEVEL', 'verbous'],
    ['LOG_LEVEL', 'ERROR_LEVEL'],
    ['METRICS_PORT', 'localhost:9464'],
    ['METRICS_PORT', '9464 # scraped'],
    ['HTTP_TIMEOUT', '30seconds'],
    ['HTTP_TIMEOUT', '${TIMEOUT_1_SECOND'],
  ])('a slip is shown: %s=%s', (name, value) => {
    expect(output({ [name]: value })).toContain(`got ${JSON.stringify(value)}`);
  });
});

test('a slip in one of several words with digits is shown', () => {
  const { loadSettings: load } = defineSettings(
    { MODEL: oneOf(['claude-sonnet-4-5-20250929', 'gpt-4o-2024-08-06']) },
    { stock: false },
  );
  const loadModel = (MODEL: string) => () => load({ env: { MODEL }, envFiles: [] });
  expect(loadModel('gpt-4o-2024-08-07')).toThrow('got "gpt-4o-2024-08-07"');
  expect(loadModel('Hunter2-and-more')).toThrow(`got "${MASK}"`);
});

describe('values of plain strings', () => {
  const definition = defineSettings(
    {
      DB_PASSWORD: string({ default: 'hunter2' }),
      DATABASE_URL: url({ schemes: ['postgres'], default: 'postgres://app:hunter2@db/app' }),
      EXTRA: json(Type.Record(Type.String(), Type.Unknown()), {
        default: { user: 'ann', password: 'hunter2', nested: { api_key: 'hunter2' } },
      }),
      HEADERS: record(string(), { default: { authorization: 'hunter2', accept: 'text/html' } }),
      NAME: optional(string({ minLength: 50 })),
    },
    { stock: false },
  );

  test('are hidden by their names, in defaults and in structures too', () => {
    const settings = definition.loadSettings({ env: {}, envFiles: [] });
    const explanation = definition.explainSettings({ env: {}, envFiles: [] });
    const shown = [
      JSON.stringify(settings),
      inspect(settings, { depth: null }),
      String(explanation),
      JSON.stringify(explanation),
    ];
    for (const text of shown) expect(text).not.toContain('hunter2');
    expect(explanation.settings.map(({ default: value }) => value)).toEqual([
      MASK,
      `postgres://app:${MASK}@db/app`,
      `{"user":"ann","password":"${MASK}","nested":{"api_key":"${MASK}"}}`,
      `authorization=${MASK},accept=text/html`,
      undefined,
    ]);
    expect(settings.DB_PASSWORD).toBe('hunter2');
    expect(settings.EXTRA['password']).toBe('hunter2');
  });

  test('are hidden by what they are', () => {
    const env = { NAME: 'sk-proj-4f9a8b7c6d5e4f3a2b1c' };
    const explanation = definition.explainSettings({ env, envFiles: [] });
    expect(String(explanation)).not.toContain('4f9a8b');
    expect(() => definition.loadSettings({ env, envFiles: [] })).toThrow(`got "${MASK}"`);
  });
});

test.each([
  ['redis://u:p@h:6379/0', 'redis://u:**********@h:6379/0'],
  [
    'https://h/?api_key=k1&x=1&accessToken=t1',
    'https://h/?api_key=**********&x=1&accessToken=**********',
  ],
  ['mongodb://h/?authSource=admin&keyspace=1', 'mongodb://h/?authSource=admin&keyspace=1'],
  ['https://tok3n-of-a-user:@h/a', 'https://**********@h/a'],
])('%s is shown as %s', (text, shown) => {
  const { explainSettings: explain } = defineSettings({ V: string() }, { stock: false });
  expect(explain({ env: { V: text }, envFiles: [] }).settings[0]?.value).toBe(shown);
});

describe('secretTexts finds the credentials of a URL', () => {
  const textsOf = (text: string): readonly string[] =>
    secretTexts(loadSettings({ env: { HTTP_PROXY: text }, envFiles: [] }));
  test.each([
    ['http://ann:pa%2Fss@proxy:1', ['pa%2Fss', 'pa/ss']],
    ['http://ZGVtbzpkZW1v:@proxy:1', ['ZGVtbzpkZW1v']],
    ['http://ghp_16C7e42F292c6912E7@proxy:1', ['ghp_16C7e42F292c6912E7']],
    ['http://9f8e7d6c5b4a:x-oauth-basic@proxy', ['x-oauth-basic', '9f8e7d6c5b4a']],
    ['http://git@proxy:1', []],
    ['http://proxy:1/?token=abc&mode=key', ['abc']],
    ['http://proxy:1', []],
  ])('%s', (text, secrets) => {
    expect(textsOf(text)).toEqual(secrets);
  });
});
