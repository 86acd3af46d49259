import { inspect } from 'node:util';
import { ConfigurationError, isBaseError } from '@map/errors';
import { Secret } from '@map/redaction';
import { Type } from '@sinclair/typebox';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { defineSettings } from '../../src/define/define-settings.ts';
import { explainSettings, getSettings, loadSettings } from '../../src/define/get-settings.ts';
import type { SettingsWarning } from '../../src/load/load.ts';
import { json, list, oneOf } from '../../src/schema/builders.ts';
import { secretTexts } from '../../src/values/secret-texts.ts';
import { folder } from '../temporary-folder.ts';

type Env = Readonly<Record<string, string>>;
const load = (env: Env) => loadSettings({ env, envFiles: [] });

function failure(env: Env, strict = false): ConfigurationError {
  try {
    loadSettings({ env, envFiles: [], strict });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

afterEach(() => {
  vi.unstubAllEnvs();
  getSettings.cacheClear();
});

describe('the stock settings', () => {
  test('have the defaults of the specification', () => {
    expect(load({})).toMatchObject({
      APP_NAME: 'MultiAgentPlatform',
      APP_VERSION: '0.1.0',
      ENVIRONMENT: 'development',
      LOG_LEVEL: 'INFO',
      LOG_FORMAT: 'json',
      REDIS_URL: 'redis://localhost:6379/0',
      METRICS_ENABLED: true,
      METRICS_PORT: 9090,
    });
    expect(load({}).OPENAI_API_KEY.reveal()).toBe('');
    expect(load({}).ANTHROPIC_API_KEY.reveal()).toBe('');
  });

  test('load from the environment', () => {
    vi.stubEnv('APP_NAME', 'TestApp');
    vi.stubEnv('APP_VERSION', '1.0.0-test');
    vi.stubEnv('LOG_LEVEL', 'DEBUG');
    getSettings.cacheClear();
    expect(getSettings()).toMatchObject({
      APP_NAME: 'TestApp',
      APP_VERSION: '1.0.0-test',
      LOG_LEVEL: 'DEBUG',
    });
  });

  test('are cached until cacheClear, loadSettings is not', () => {
    const first = getSettings();
    expect(getSettings()).toBe(first);
    expect(loadSettings()).not.toBe(first);
    getSettings.cacheClear();
    expect(getSettings()).not.toBe(first);
  });

  test('a failed load is not cached', () => {
    vi.stubEnv('METRICS_PORT', 'x');
    expect(() => getSettings()).toThrow(ConfigurationError);
    vi.stubEnv('METRICS_PORT', '1');
    expect(getSettings().METRICS_PORT).toBe(1);
  });

  test('are frozen to the bottom', () => {
    const settings = load({
      ENABLED_MODELS: 'gpt-4, claude-3',
      LOG_LEVELS: 'map.redis=debug',
      LLM_PROVIDERS_CONFIG: '{"openai":{"models":["gpt-4"]}}',
    });
    const set = settings.ENABLED_MODELS_SET as Set<string>;
    const writes: (() => unknown)[] = [
      () => Object.assign(settings, { APP_NAME: 'x' }),
      () => (settings.ENABLED_MODELS as string[]).push('x'),
      () => set.add('x'),
      () => set.delete('gpt-4'),
      () => set.clear(),
      () => Object.assign(settings.LOG_LEVELS, { x: 'INFO' }),
      () => Object.assign(settings.LLM_PROVIDERS_CONFIG.openai ?? {}, { timeout: 1 }),
      () => (settings.LLM_PROVIDERS_CONFIG.openai as { models: string[] }).models.push('x'),
    ];
    for (const write of writes) expect(write).toThrow(TypeError);
    expect(settings.ENABLED_MODELS_SET.has('gpt-4')).toBe(true);
    expect([...settings.ENABLED_MODELS_SET]).toEqual(['gpt-4', 'claude-3']);
    expect(settings.LOG_LEVELS).toEqual({ 'map.redis': 'DEBUG' });
  });

  test('overrides may be values or texts', () => {
    const overrides = { WORKER_COUNT: 8, SHUTDOWN_TIMEOUT: '1m', OPENAI_API_KEY: new Secret('k') };
    const settings = loadSettings({ env: {}, envFiles: [], overrides });
    expect(settings).toMatchObject({ WORKER_COUNT: 8, SHUTDOWN_TIMEOUT: 60_000 });
    expect(settings.LLM_PROVIDERS_CONFIG.openai?.api_key?.reveal()).toBe('k');
  });

  test('the lower-case proxy variables are read as well', () => {
    expect(load({ http_proxy: 'http://proxy:1', no_proxy: 'a,b' })).toMatchObject({
      HTTP_PROXY: 'http://proxy:1',
      NO_PROXY: ['a', 'b'],
    });
  });
});

describe('providers of language models', () => {
  test('JSON, parts and keys come together', () => {
    const { LLM_PROVIDERS_CONFIG: providers } = load({
      LLM_PROVIDERS_CONFIG: '{"openai":{"timeout":"30s"},"mistral":{"api_key":"own"}}',
      LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL: 'https://proxy.example/v1',
      LLM_PROVIDERS_CONFIG__GROQ__MODELS: 'a,b',
      OPENAI_API_KEY: 'k1',
      MISTRAL_API_KEY: 'not used',
      GROQ_API_KEY: 'k2',
      ANTHROPIC_API_KEY: 'k3',
    });
    expect(providers.openai).toMatchObject({
      timeout: 30_000,
      base_url: 'https://proxy.example/v1',
    });
    expect(providers.openai?.api_key?.reveal()).toBe('k1');
    expect(providers.mistral?.api_key?.reveal()).toBe('own');
    expect(providers['groq']?.api_key?.reveal()).toBe('k2');
    expect(providers['groq']?.models).toEqual(['a', 'b']);
    expect(providers.anthropic?.api_key?.reveal()).toBe('k3');
    expect(providers.google).toBeUndefined();
  });

  test('all five stock keys make a provider', () => {
    const names = ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'MISTRAL', 'AZURE_OPENAI'];
    const env = Object.fromEntries(names.map((name) => [`${name}_API_KEY`, `key of ${name}`]));
    const { LLM_PROVIDERS_CONFIG: providers } = load(env);
    for (const name of names) {
      expect(providers[name.toLowerCase()]?.api_key?.reveal()).toBe(`key of ${name}`);
    }
  });

  test('a key may stand in a file, for a stock provider, any other and a part', () => {
    const directory = folder({ key: 'from file\n' });
    const path = `${directory}/key`;
    const { LLM_PROVIDERS_CONFIG: providers } = load({
      LLM_PROVIDERS_CONFIG: '{"groq":{}}',
      LLM_PROVIDERS_CONFIG__LOCAL__API_KEY_FILE: path,
      OPENAI_API_KEY_FILE: path,
      GROQ_API_KEY_FILE: path,
    });
    for (const name of ['openai', 'groq', 'local']) {
      expect(providers[name]?.api_key?.reveal(), name).toBe('from file');
    }
    const missing = { LLM_PROVIDERS_CONFIG: '{"groq":{}}', GROQ_API_KEY_FILE: '/none' };
    expect(failure(missing).message).toContain(
      'LLM_PROVIDERS_CONFIG.groq.api_key (file /none, as GROQ_API_KEY_FILE): /none cannot be used',
    );
  });

  test('a stronger whole wins over a weaker part, which only fills gaps', () => {
    const directory = folder({
      '.env': 'LLM_PROVIDERS_CONFIG__A__TIMEOUT=9s\nLLM_PROVIDERS_CONFIG__A__MODELS=m',
    });
    const env = { LLM_PROVIDERS_CONFIG: '{"a":{"timeout":"1s"}}' };
    const { LLM_PROVIDERS_CONFIG: providers } = loadSettings({ env, directory });
    expect(providers['a']).toEqual({ timeout: 1000, models: ['m'] });
  });

  test('mistakes inside are all reported, with the variable that made them', () => {
    const { message } = failure({
      LLM_PROVIDERS_CONFIG: '{"openai":{"base_ur":"https://x","timeout":"0s"}}',
      LLM_PROVIDERS_CONFIG__GROQ__TIMEOUT: 'soon',
    });
    expect(message).toContain(
      'LLM_PROVIDERS_CONFIG.openai.base_ur (environment): is not a known name',
    );
    expect(message).toContain('did you mean base_url?');
    expect(message).toContain(
      'LLM_PROVIDERS_CONFIG.openai.timeout (environment): expected at least 1ms',
    );
    expect(message).toContain('as LLM_PROVIDERS_CONFIG__GROQ__TIMEOUT): expected a duration');
  });

  test.each([
    ['llm_providers_config__openai__timeout', 'LLM_PROVIDERS_CONFIG__OPENAI__TIMEOUT'],
    ['LLM_PROVIDER_CONFIG__GROQ__BASE_URL', 'LLM_PROVIDERS_CONFIG__GROQ__BASE_URL'],
    ['Log_Levels__map', 'LOG_LEVELS__MAP'],
    ['AIRFLOW__CORE__EXECUTOR', undefined],
    ['Logging__LogLevel__Default', undefined],
    ['__CF_USER_TEXT_ENCODING', undefined],
    ['npm_config__jsr__registry', undefined],
  ])('a part of a misspelt variable is reported: %s', (name, suggestion) => {
    const warnings: SettingsWarning[] = [];
    loadSettings({ env: { [name]: '1s' }, envFiles: [], onWarning: (one) => warnings.push(one) });
    expect(warnings.map((one) => one.suggestion)).toEqual(
      suggestion === undefined ? [] : [suggestion],
    );
  });

  test('a part may be JSON that other parts add to', () => {
    const env = {
      LLM_PROVIDERS_CONFIG__OPENAI: '{"timeout":"1s"}',
      LLM_PROVIDERS_CONFIG__OPENAI__MAX_RETRIES: '1',
    };
    expect(load(env).LLM_PROVIDERS_CONFIG.openai).toEqual({ timeout: 1000, max_retries: 1 });
    expect(failure({ ...env, LLM_PROVIDERS_CONFIG__OPENAI: 'x' }).message).toContain(
      'LLM_PROVIDERS_CONFIG.openai (environment, as LLM_PROVIDERS_CONFIG__OPENAI): expected valid JSON',
    );
  });

  test('the number of parts is bounded', () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `LLM_PROVIDERS_CONFIG__P${i}__TIMEOUT`);
    const env = Object.fromEntries(names.map((name) => [name, '1s']));
    expect(failure(env).message).toContain('LLM_PROVIDERS_CONFIG: is set in 30000 parts, more');
  });

  test('a name with a line break, which no pattern of a record matches, is refused', () => {
    const config = { 'a\nb': { timeout: 'soon', api_key: 'hunter2' } };
    const { message } = failure({ LLM_PROVIDERS_CONFIG: JSON.stringify(config) });
    expect(message).toContain('LLM_PROVIDERS_CONFIG (environment): expected names without line');
    expect(message).not.toContain('hunter2');
  });

  test('parts cannot reach a prototype', () => {
    const env = { LLM_PROVIDERS_CONFIG____PROTO____POLLUTED: 'yes' };
    expect(() => load(env)).toThrow(ConfigurationError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('errors', () => {
  test('every problem at once, with source, expectation, allowed values and a hint', () => {
    const error = failure({
      WORKER_COUNT: 'abc',
      LOG_LEVEL: 'DEBG',
      METRICS_PORT: '99999',
      REDIS_URL: 'http://x',
      SHUTDOWN_TIMEOUT: '30',
      REDIS_TLS_KEY_FILE: '/etc/tls/client.key',
      ENABLED_MODELS: 'a,a',
      REDIS_NODES: 'nowhere,redis:0',
    });
    expect(isBaseError(error)).toBe(true);
    expect(error.code).toBe('CONFIG_INVALID_3002');
    expect(error.message.split('\n')).toEqual([
      '9 settings are wrong:',
      '- WORKER_COUNT (environment): expected an integer, got "abc"; write digits only, such as 42',
      '- SHUTDOWN_TIMEOUT (environment): expected a duration, got "30"; it has no unit: write 30s for seconds or 30ms',
      '- LOG_LEVEL (environment): expected one of TRACE, DEBUG, VERBOSE, HTTP, INFO, WARNING, ERROR, CRITICAL, OFF, got "DEBG"; did you mean DEBUG?',
      '- REDIS_URL (environment): expected a URL with redis:// or rediss:// or valkey:// or valkeys:// or unix://, got "http://x"; the scheme http is not allowed',
      expect.stringContaining('- REDIS_NODES.0 (environment): expected a string matching'),
      expect.stringContaining('- REDIS_NODES.1 (environment): expected a string matching'),
      '- METRICS_PORT (environment): expected at most 65535, got 99999',
      '- ENABLED_MODELS (environment): expected unique items',
      '- REDIS_TLS_KEY_FILE (environment): and REDIS_TLS_CERT_FILE belong together: set both or neither',
    ]);
    const [first, , level] = (error.details as { problems: object[] }).problems;
    expect(first).toMatchObject({ variable: 'WORKER_COUNT', source: 'environment' });
    expect(level).toMatchObject({
      suggestion: 'DEBUG',
      allowed: expect.arrayContaining(['TRACE']),
    });
  });

  test('never show a secret, whatever it is wrong with', () => {
    const outputs = [
      failure({ LLM_PROVIDERS_CONFIG: '{"openai":{"api_key":"hunter2"' }),
      failure({ LLM_PROVIDERS_CONFIG: '{"openai":{"api_key":["hunter2"]}}' }),
      failure({ LLM_PROVIDERS_CONFIG: 'openai=hunter2' }),
      failure({ REDIS_URL: 'redis:/user:hunter2@host' }),
      failure({ REDIS_URL: 'http://user:hunter2@host' }),
      failure({ REDIS_URL: 'redis://user:hunter2' }),
      failure({ OPENAI_API_KEY: 'hunter2', OPENAI_API_KEY_FILE: '/hunter' }),
    ].flatMap((error) => [
      error.message,
      JSON.stringify(error.toJSON()),
      inspect(error, { depth: null, showHidden: true }),
    ]);
    for (const text of outputs) expect(text).not.toContain('hunter2');
  });

  test.each([
    ['prod', 'production'],
    ['PROD', 'production'],
    ['dev', 'development'],
    ['local', 'development'],
    ['stage', 'staging'],
    ['stagging', 'staging'],
    ['testing', 'test'],
    ['prd', 'production'],
    ['Prodution', 'production'],
    ['stg', 'staging'],
    ['qa', 'staging'],
    ['tst', 'test'],
  ])('ENVIRONMENT=%s suggests %s', (written, meant) => {
    expect(failure({ ENVIRONMENT: written }).message).toContain(`did you mean ${meant}?`);
  });

  test.each([
    ['LOG_LEVEL', 'wrn', 'WARNING'],
    ['LOG_LEVEL', '30', 'WARNING'],
    ['LOG_LEVEL', 'emergency', 'CRITICAL'],
    ['LOG_LEVEL', 'none', 'OFF'],
    ['LOG_LEVELS', 'map.http=dbg', 'DEBUG'],
    ['LOG_LEVELS', '{"map.http":"Information"}', 'INFO'],
    ['LOG_FORMAT', 'jsn', 'json'],
    ['LOG_FORMAT', 'pretty', 'text'],
    ['REDIS_MODE', 'sentinal', 'sentinel'],
    ['REDIS_MODE', 'standalone', 'single'],
  ])('%s=%s suggests %s', (name, written, meant) => {
    expect(failure({ [name]: written }).message).toContain(`did you mean ${meant}?`);
  });

  test('enums of an application get a suggestion, inside structures and of TypeBox, too', () => {
    const { loadSettings: load } = defineSettings(
      {
        TIER: oneOf(['free', 'enterprise']),
        TIERS: list(oneOf(['free', 'enterprise'])),
        UNION: Type.Union([Type.Literal('left'), Type.Literal('right')]),
        BOX: json(Type.Object({ side: Type.Union([Type.Literal('left'), Type.Literal('right')]) })),
        LEVEL: Type.Unsafe<string>({ type: 'string', enum: ['low', 'medium'] }),
      },
      { stock: false },
    );
    const env = {
      TIER: 'entrprise',
      TIERS: 'free,ent',
      UNION: 'rigth',
      BOX: '{"side":"rght"}',
      LEVEL: 'mdm',
    };
    expect(() => load({ env, envFiles: [] })).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({
          problems: expect.arrayContaining([
            expect.objectContaining({ variable: 'TIER', suggestion: 'enterprise' }),
            expect.objectContaining({ variable: 'TIERS', suggestion: 'enterprise' }),
            expect.objectContaining({ variable: 'UNION', suggestion: 'right' }),
            expect.objectContaining({ variable: 'BOX', suggestion: 'right' }),
            expect.objectContaining({ variable: 'LEVEL', suggestion: 'medium' }),
          ]),
        }),
      }),
    );
  });

  test.each([
    ['deep JSON', { LLM_PROVIDERS_CONFIG: `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}` }],
    ['a deep list', { ENABLED_MODELS: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }],
    ['a long bad URL', { REDIS_URL: `x://${'?'.repeat(60_000)}` }],
    ['many credentials', { REDIS_URL: `x://?${'pass'.repeat(15_000)}` }],
    ['a long number', { WORKER_COUNT: '1_'.repeat(50_000) }],
    ['a long duration', { HTTP_TIMEOUT: `${'1s'.repeat(50_000)}x` }],
    ['a long list', { REDIS_NODES: 'x,'.repeat(30_000) }],
  ])('%s is an error, soon', (_what, env) => {
    const { message } = failure(env);
    expect(message.length).toBeLessThan(20_000);
  });

  test('names from outside neither end a line, nor steer a terminal, nor flood the message', () => {
    const config = { 'a\u001b[31m': { timeout: 'x' }, ['k'.repeat(100_000)]: { timeout: 'x' } };
    const error = failure({
      LLM_PROVIDERS_CONFIG: JSON.stringify(config),
      'LLM_PROVIDERS_CONFIG__A\n- FAKE__TIMEOUT': 'x',
    });
    expect(error.message.split('\n')).toHaveLength(4);
    expect(error.message).not.toContain('\u001b');
    expect(JSON.stringify(error.toJSON()).length).toBeLessThan(5000);
  });

  test('an override that contains itself is an error', () => {
    const loop: Record<string, unknown> = {};
    loop['openai'] = loop;
    const list = new Set<unknown>();
    list.add(list);
    for (const overrides of [
      { LLM_PROVIDERS_CONFIG: loop },
      { APP_NAME: [loop] },
      { NO_PROXY: list },
    ]) {
      expect(() => loadSettings({ env: {}, envFiles: [], overrides: overrides as never })).toThrow(
        `${Object.keys(overrides)[0]} (override): expected a structure that does not contain itself`,
      );
    }
    const env = { LLM_PROVIDERS_CONFIG: loop as never };
    expect(() => loadSettings({ env, envFiles: [] })).toThrow('that does not contain itself');
  });

  test('an override that shares its objects level by level is an error, at once', () => {
    let shared: object = {};
    for (let level = 0; level < 60; level++) shared = { a: shared, b: shared };
    const overrides = { LLM_PROVIDERS_CONFIG: shared as never };
    expect(() => loadSettings({ env: {}, envFiles: [], overrides })).toThrow(
      'expected a structure of at most 1000000 values',
    );
  });

  test('an override that is too deep is an error, and one value in two places is not', () => {
    let deep: object = {};
    for (let level = 0; level < 70; level++) deep = { deep };
    const overrides = { LLM_PROVIDERS_CONFIG: deep as never };
    expect(() => loadSettings({ env: {}, envFiles: [], overrides })).toThrow(
      'expected a structure of at most 64 levels',
    );
    const shared = { timeout: 5_000 };
    const both = { LLM_PROVIDERS_CONFIG: { a: shared, b: shared } as never };
    const loaded = loadSettings({ env: {}, envFiles: [], overrides: both });
    expect(Object.keys(loaded.LLM_PROVIDERS_CONFIG)).toEqual(['a', 'b']);
  });

  test('unknown variables that someone meant are warnings, and errors under strict', () => {
    const warnings: string[] = [];
    const env = { LOG_LEVL: 'INFO', OPENAI_API_KYE: 'x', UNRELATED: 'x', PATH: '/bin' };
    loadSettings({ env, envFiles: [], onWarning: ({ message }) => warnings.push(message) });
    expect(warnings).toEqual([
      'LOG_LEVL (environment): is not a known variable; did you mean LOG_LEVEL?',
      'OPENAI_API_KYE (environment): is not a known variable; did you mean OPENAI_API_KEY?',
    ]);
    expect(failure(env, true).message).toContain('2 settings are wrong');
  });

  test('warnings go to process warnings by default', async () => {
    const warned = new Promise<Error & { code?: string }>((resolve) => {
      process.once('warning', resolve);
    });
    load({ LOG_LEVL: 'INFO' });
    expect(await warned).toMatchObject({ name: 'SettingsWarning', code: 'MAP_SETTINGS_UNKNOWN' });
  });

  test('an unknown override is always an error', () => {
    const overrides = { LOG_LEVLE: 'INFO' } as object;
    expect(() => loadSettings({ env: {}, envFiles: [], overrides })).toThrow(
      'did you mean LOG_LEVEL?',
    );
  });
});

describe('nothing shows a secret', () => {
  const env = {
    OPENAI_API_KEY: 'hunter2',
    REDIS_PASSWORD: 'hunter2',
    REDIS_URL: 'redis://user:hunter2@localhost:6379/0',
    HTTP_PROXY: 'http://u:hunter2@proxy:3128?token=hunter2',
    LLM_PROVIDERS_CONFIG: '{"x":{"api_key":"hunter2","base_url":"https://u:hunter2@h/"}}',
  };
  const settings = load(env);
  test.each([
    ['JSON.stringify', () => JSON.stringify(settings)],
    ['inspect', () => inspect(settings, { depth: null, showHidden: true })],
    ['inspect inside', () => inspect({ a: [settings] }, { depth: null })],
    ['String', () => String(settings)],
    ['entries of secrets', () => String([settings.OPENAI_API_KEY, settings.REDIS_PASSWORD])],
    ['explainSettings', () => JSON.stringify(explainSettings({ env, envFiles: [] }))],
    ['explained table', () => String(explainSettings({ env, envFiles: [] }))],
  ])('%s', (_what, show) => {
    expect(show()).not.toContain('hunter2');
  });
  test('console.dir, which calls no custom inspection', () => {
    const { LLM_PROVIDERS_CONFIG: _, ...rest } = env;
    const shown = inspect(load(rest), { customInspect: false, showHidden: true, depth: null });
    expect(shown).not.toContain('hunter2');
  });
  test('while a program reads them as they are', () => {
    expect(settings.REDIS_URL).toBe(env.REDIS_URL);
    expect(settings.OPENAI_API_KEY.reveal()).toBe('hunter2');
  });
});

test('REDIS_URL may be a socket with credentials, which are secret', () => {
  const REDIS_URL = 'unix://:planted-4711@/run/redis.sock?db=1';
  const settings = loadSettings({ env: { REDIS_URL }, envFiles: [] });
  expect(settings.REDIS_URL).toBe(REDIS_URL);
  expect(secretTexts(settings)).toContain('planted-4711');
});
