import { join } from 'node:path';
import { expect, test } from 'vitest';
import { explainSettings } from '../../src/define/get-settings.ts';
import { folder } from '../temporary-folder.ts';

function explained() {
  const directory = folder({
    '.env':
      'LOG_LEVEL=DEBUG\n\nWORKER_COUNT=2\nOPENAI_API_KEY=hunter2\nMETRICS_PORT=x\nREDIS_PASSWORD=hunter2',
    '.env.local': 'WORKER_COUNT=3',
    'secrets/redis_password': 'hunter2',
  });
  const explanation = explainSettings({
    directory,
    secretsDirectory: join(directory, 'secrets'),
    env: {
      WORKER_COUNT: '4',
      OPENAI_API_KEY: 'hunter2-env',
      GROQ_API_KEY: 'hunter2',
      LLM_PROVIDERS_CONFIG__GROQ__TIMEOUT: '1s',
    },
    overrides: { LOG_LEVEL: 'ERROR', APP_NAME: 'x' },
  });
  const find = (name: string) => explanation.settings.find((setting) => setting.name === name);
  return { directory, explanation, find, file: join(directory, '.env') };
}

test('each source is named with file and line, and what it shadowed', () => {
  const { find, file } = explained();
  expect(find('APP_NAME')).toMatchObject({ value: 'x', from: 'override' });
  expect(find('LOG_LEVEL')).toMatchObject({
    value: 'ERROR',
    source: { kind: 'override' },
    shadowed: [
      { value: 'DEBUG', source: { kind: 'env-file', file, line: 1 }, from: `${file} line 1` },
      { value: 'INFO', from: 'default' },
    ],
  });
  expect(find('WORKER_COUNT')).toMatchObject({
    value: '4',
    from: 'environment',
    shadowed: [
      { value: '3', from: `${file}.local line 1` },
      { value: '2', from: `${file} line 3` },
      { value: '4', from: 'default' },
    ],
  });
  expect(find('SHUTDOWN_TIMEOUT')).toMatchObject({ value: '25s', from: 'default', shadowed: [] });
  expect(find('REDIS_USERNAME')).toMatchObject({ value: undefined, from: 'not set' });
});

test.each(['sk-proj-NOBODYMAYSEE4711abcdef', 'NOBODYMAYSEE4711abcdef', 'NOBODY4711!x'])(
  'a key or a password where the path to its file belongs is masked: %s',
  (key) => {
    const env = { OPENAI_API_KEY_FILE: key, ENVIRONMENT: `sk-proj-${key}` };
    const explanation = explainSettings({ env, envFiles: [] });
    expect(JSON.stringify(explanation) + explanation).not.toContain('NOBODY');
    const { from, problems } =
      explanation.settings.find(({ name }) => name === 'OPENAI_API_KEY') ?? {};
    expect(from).toBe('file **********, as OPENAI_API_KEY_FILE');
    expect(problems).toEqual([
      'OPENAI_API_KEY (file **********, as OPENAI_API_KEY_FILE): ********** cannot be used: it does not exist',
    ]);
  },
);

test('secrets are masked wherever they come from', () => {
  const { find, directory, explanation } = explained();
  expect(find('OPENAI_API_KEY')).toMatchObject({
    value: '**********',
    secret: true,
    shadowed: [{ value: '**********' }, { value: '' }],
  });
  expect(find('REDIS_PASSWORD')).toMatchObject({
    value: '**********',
    from: `file ${join(directory, 'secrets', 'redis_password')}`,
  });
  expect(find('LLM_PROVIDERS_CONFIG')).toMatchObject({
    value: '{"groq":{"timeout":1000,"api_key":"**********"},"openai":{"api_key":"**********"}}',
    parts: [
      { path: 'groq.timeout', from: 'environment, as LLM_PROVIDERS_CONFIG__GROQ__TIMEOUT' },
      { path: 'groq.api_key', from: 'environment, as GROQ_API_KEY' },
      { path: 'openai.api_key', from: 'environment, as OPENAI_API_KEY' },
    ],
  });
  expect(JSON.stringify(explanation) + String(explanation)).not.toContain('hunter2');
});

test('what is wrong is explained instead of thrown', () => {
  const { find } = explained();
  expect(find('METRICS_PORT')).toMatchObject({
    value: undefined,
    problems: [expect.stringContaining('METRICS_PORT')],
  });
});

test('as a string it is a table', () => {
  const { explanation } = explained();
  const line = String(explanation)
    .split('\n')
    .find((text) => text.startsWith('WORKER_COUNT'));
  expect(line).toMatch(
    /^WORKER_COUNT +4 +environment; over .*\.env\.local line 1; over .*line 3; over default$/,
  );
});

test('a rejected value is in full beside a problem that has only its beginning', () => {
  const long = `${'9 "quoted" '.repeat(12)}end`;
  const { settings } = explainSettings({
    env: {
      METRICS_PORT: long,
      WORKER_COUNT: 'few',
      OPENAI_API_KEY: `${long}hunter2`,
      REDIS_URL: `http://user:hunter2@${long}`,
      LLM_PROVIDERS_CONFIG: JSON.stringify({ openai: { timeout: long, api_key: [long] } }),
    },
    envFiles: [],
  });
  const find = (name: string) => settings.find((setting) => setting.name === name);
  expect(find('METRICS_PORT')?.rejected).toEqual([JSON.stringify(long)]);
  expect(find('METRICS_PORT')?.problems[0]).toContain(`${JSON.stringify(long).slice(1, 50)}`);
  expect(find('METRICS_PORT')?.problems[0]).not.toContain('end"');
  expect(find('WORKER_COUNT')?.rejected).toEqual([]);
  expect(find('LLM_PROVIDERS_CONFIG')?.rejected).toEqual([JSON.stringify(long)]);
  expect(JSON.stringify(settings)).not.toContain('hunter2');
});

test('a random word in the place of the environment is not shown', () => {
  const environments = ['kT9x1zQ8hunter2', 'prodution', 'staging'].map(
    (ENVIRONMENT) => explainSettings({ directory: folder({}), env: { ENVIRONMENT } }).environment,
  );
  expect(environments).toEqual(['**********', 'prodution', 'staging']);
});
