import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadSettings, type SettingsWarning } from '../../src/index.ts';

/** The warnings of a load, by the name of the variable. */
function warned(env: Record<string, string>, directory?: string): Record<string, SettingsWarning> {
  const warnings: SettingsWarning[] = [];
  const files = directory === undefined ? { envFiles: [] } : { directory };
  loadSettings({ env, ...files, onWarning: (warning) => warnings.push(warning) });
  return Object.fromEntries(warnings.map((warning) => [warning.variable, warning]));
}

test.each([
  ['op://dev/openai/key', 'op run'],
  ['$(OPENAI_KEY)', 'Kubernetes'],
  ['{{ .Values.key }}', 'template'],
  ['ENC[AES256_GCM,data:aGk=,iv:x,tag:y,type:str]', 'SOPS'],
  [`encrypted:${'B'.repeat(60)}`, 'dotenvx'],
  ['ref+awssecrets://dev/key', 'vals'],
  ['<your-key>', 'placeholder'],
])('%s is a value that nothing has resolved', (value, word) => {
  const warning = warned({ OPENAI_API_KEY: value, LOG_FILE: value })['LOG_FILE'];
  expect(warning).toMatchObject({ reason: 'unresolved', message: expect.stringContaining(word) });
  const key = warned({ LLM_PROVIDERS_CONFIG: '{"openai":{}}', OPENAI_API_KEY: value });
  expect(Object.values(key)).toMatchObject([{ reason: 'unresolved' }]);
  expect(JSON.stringify(key)).not.toContain(value);
});

test.each(['sk-proj-1234', 'op', '$5', 'a$(b)c', 'encrypted:no', '{"a":1}', '<a> or <b>', ''])(
  '%s is one as it stands',
  (value) => {
    expect(warned({ LOG_FILE: value })).toEqual({});
  },
);

test('quotes that docker keeps are named; those of a .env file are removed', async () => {
  expect(warned({ LOG_FILE: '"app.log"' })['LOG_FILE']).toMatchObject({
    reason: 'unresolved',
    message: expect.stringContaining('docker run --env-file'),
  });
  for (const [name, value] of [
    ['METRICS_PORT', '"9090"'],
    ['LOG_LEVEL', "'info'"],
    ['REDIS_URL', '"redis://h:1"'],
  ] as const) {
    expect(() => warned({ [name]: value })).toThrow('remove the quotes around it');
  }
  const directory = await mkdtemp(join(tmpdir(), 'map-quotes-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, '.env'), `LOG_FILE="'app.log'"\nMETRICS_PORT="9090"\n`);
  expect(warned({}, directory)).toEqual({});
});
