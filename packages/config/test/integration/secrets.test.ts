import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runChild } from '../support/child.ts';
import { runCommand } from '../support/command.ts';

const PASSWORD = 'planted/redis+password';
const SECRETS = ['sk-planted-openai-1234567890', 'planted-anthropic-key', PASSWORD];
/** The same texts as a URL, JSON or base64 would spell them. */
const SPELLINGS = SECRETS.flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
]);
let redis: RedisServer;
let provider: Server;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  redis = await startRedis({ password: PASSWORD });
  provider = createServer((request, response) => {
    response.writeHead(403).end(`refused: ${request.headers.authorization}`);
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const base_url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
  folder = await mkdtemp(join(tmpdir(), 'map-config-'));
  await writeFile(join(folder, 'anthropic'), `${SECRETS[1]}\n`);
  env = {
    REDIS_URL: redis.url,
    OPENAI_API_KEY: SECRETS[0] as string,
    ANTHROPIC_API_KEY_FILE: join(folder, 'anthropic'),
    LLM_PROVIDERS_CONFIG: JSON.stringify({
      local: { api_key: 'planted-anthropic-key' },
      openai: { base_url },
      anthropic: { base_url },
    }),
    UPSTREAM: base_url,
    METRICS_PORT: '0',
    LOG_LEVEL: 'TRACE',
    LOG_FILE: join(folder, 'app.log'),
    SHUTDOWN_TIMEOUT: '2s',
  };
});
afterAll(async () => {
  provider.close();
  await redis.stop();
  await rm(folder, { recursive: true });
});

function expectClean(text: string) {
  for (const secret of SPELLINGS) {
    const at = text.indexOf(secret);
    expect(at === -1 ? '' : text.slice(Math.max(0, at - 200), at + 60)).toBe('');
  }
}

test('no planted secret leaves an application: logs, file, errors, metrics, health, problems', async () => {
  const child = runChild('test/fixtures/leaky.ts', { env });
  await child.waitFor(/"what":"ready".*\n/);
  const { metrics } = child.records.find(({ what }) => what === 'ready') as unknown as {
    metrics: string;
  };
  const pages = await Promise.all(
    ['/', '/metrics', '/health', '/ready'].map(async (path) => {
      const answer = await fetch(metrics + path, {
        headers: { accept: 'application/openmetrics-text' },
      });
      return answer.text();
    }),
  );
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(1);
  const file = await readFile(join(folder, 'app.log'), 'utf8');
  const told = child.records.map(({ what }) => what).filter((what) => what !== undefined);
  // It did all of it, and was not silent.
  expect(told).toEqual([
    'inspected',
    'problem',
    'problem',
    'problem',
    'converted',
    'health',
    'ready',
  ]);
  expect(file).toContain('**********');
  expect(file.split('\n').length).toBeGreaterThan(12);
  expect(child.stderr).toContain('leaky hook');
  for (const text of [child.stdout, child.stderr, file, ...pages]) expectClean(text);
});

test.each([
  [['check'], 0],
  [['check', '--json'], 0],
  [['print'], 0],
  [['print', '--json'], 0],
  [['explain', 'OPENAI_API_KEY'], 0],
  [['explain', 'ANTHROPIC_API_KEY', '--json'], 0],
  [['explain', 'LLM_PROVIDERS_CONFIG'], 0],
  [['explain', 'REDIS_URL'], 0],
  [['docs'], 0],
  [['env-example'], 0],
  [['json-schema'], 0],
  [['doctor', '--timeout-ms', '50000'], 0],
  [['doctor', '--timeout-ms', '50000', '--json'], 0],
])('no planted secret in the output of map-config %j', async (args, code) => {
  const ended = await runCommand(args, env, folder);
  expect(ended.code, ended.stderr + ended.stdout).toBe(code);
  expect(ended.stdout.length).toBeGreaterThan(50);
  expectClean(ended.stdout + ended.stderr);
});

test('no planted secret in the error of a wrong setting', async () => {
  for (const args of [['check'], ['print'], ['doctor']]) {
    const wrong = {
      REDIS_URL: `redis://:${PASSWORD}@[bad`,
      LLM_PROVIDERS_CONFIG: `{"${SECRETS[0]}`,
    };
    const ended = await runCommand(args, { ...env, ...wrong }, folder);
    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain('REDIS_URL');
    expectClean(ended.stdout + ended.stderr);
  }
});
