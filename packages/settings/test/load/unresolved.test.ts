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
  ['$(op read op://dev/openai/key)', 'shell'],
  ['$OPENAI_KEY', 'shell'],
  ['$HOME/agents', 'shell'],
  ['$env:OPENAI_KEY', 'shell'],
  ['%OPENAI_KEY%', 'Windows'],
  ['~/agents/app.log', 'shell'],
  ['${{ secrets.OPENAI_KEY }}', 'template'],
  ['#{OpenAiKey}#', 'deployment'],
  ['@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/key)', 'Azure'],
  ['$ANSIBLE_VAULT;1.1;AES256\n6162', 'Ansible'],
  ['vault:secret/data/openai#key', 'Vault'],
  ['“sk-proj-1”', 'typographic'],
  ['‘sk-proj-1’', 'typographic'],
  ['${OPENAI_KEY}', 'only .env files'],
  ['${OPENAI_KEY:-none}', 'only .env files'],
])('%s is a value that nothing has resolved', (value, word) => {
  const warning = warned({ OPENAI_API_KEY: value, LOG_FILE: value })['LOG_FILE'];
  expect(warning).toMatchObject({ reason: 'unresolved', message: expect.stringContaining(word) });
  const key = warned({ LLM_PROVIDERS_CONFIG: '{"openai":{}}', OPENAI_API_KEY: value });
  expect(Object.values(key)).toMatchObject([{ reason: 'unresolved' }]);
  expect(JSON.stringify(key)).not.toContain(value);
});

test.each([
  'sk-proj-1234',
  'op',
  '$5',
  'a$(b)c',
  'encrypted:no',
  '{"a":1}',
  '<a> or <b>',
  '$Passw0rd',
  '100%',
  '#{',
  '“a” and “b”',
  '',
])('%s is one as it stands', (value) => {
  expect(warned({ LOG_FILE: value })).toEqual({});
});

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

test.each([
  ['METRICS_PORT', 'op://dev/app/port', 'op run'],
  ['REDIS_URL', 'op://dev/redis/url', 'op run'],
  ['LOG_LEVEL', '$(LEVEL)', 'Kubernetes'],
  ['SHUTDOWN_TIMEOUT', '{{ .Values.timeout }}', 'template'],
  ['DEBUG', `encrypted:${'B'.repeat(60)}`, ''],
  ['WORKER_COUNT', '“8”', 'put " around it'],
  ['HTTP_PROXY', '""', 'remove the quotes'],
])('a value of the wrong form says what it stands for: %s=%s', (name, value, remedy) => {
  const run = () => warned({ [name]: value });
  if (remedy === '') expect(run()).toEqual({});
  else expect(run).toThrow(remedy);
});

test('a reference in single quotes of a .env file is kept', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'map-reference-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, '.env'), "LOG_FILE='${NAME}'\nAPP_NAME=\\${NAME}\n");
  expect(warned({}, directory)).toEqual({});
});
