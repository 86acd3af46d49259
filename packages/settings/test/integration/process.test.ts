import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { folder } from '../folder.ts';

const run = promisify(execFile);
const INDEX = new URL('../../src/index.ts', import.meta.url).href;

/** Runs a module in a fresh process and gives what it returned as JSON. */
async function inProcess(body: string, env: Record<string, string> = {}, cwd = folder()) {
  const code = `import * as settings from ${JSON.stringify(INDEX)}; console.log(JSON.stringify(await (async () => { ${body} })()));`;
  const { stdout, stderr } = await run(
    process.execPath,
    ['--conditions=@map/source', '--input-type=module', '--eval', code],
    { env: { PATH: process.env['PATH'] ?? '', ...env }, cwd },
  );
  return { value: JSON.parse(stdout) as unknown, stderr };
}

test('a process reads its environment and the .env files of its folder', async () => {
  const cwd = folder({ '.env': 'APP_NAME=from file\nAPP_VERSION=9', '.env.local': 'DEBUG=on' });
  const body = 'const s = settings.getSettings(); return [s.APP_NAME, s.APP_VERSION, s.DEBUG];';
  const { value, stderr } = await inProcess(body, { APP_NAME: 'from environment' }, cwd);
  expect(value).toEqual(['from environment', '9', true]);
  expect(stderr).toBe('');
});

test('loading valid stock settings loads neither TypeBox nor ajv; a wrong value does', async () => {
  const loaded = `
    const { createRequire } = await import('node:module');
    const files = () => Object.keys(createRequire(${JSON.stringify(INDEX)}).cache);
    const heavy = () => files().some((file) => /ajv|env-schema|typebox/.test(file));
    settings.loadSettings();
    const before = heavy();
    let code;
    try { settings.loadSettings({ env: { METRICS_PORT: '99999' } }); } catch (error) { code = error.code; }
    return { before, after: heavy(), code };
  `;
  const { value } = await inProcess(loaded);
  expect(value).toEqual({ before: false, after: true, code: 'CONFIG_INVALID_3002' });
});

test('importing has no effect and keeps no process alive', async () => {
  const { value, stderr } = await inProcess('return process.getActiveResourcesInfo();', {
    METRICS_PORT: 'wrong',
  });
  expect(stderr).toBe('');
  expect(value).not.toContain('Timeout');
});

test('a browser bundle builds, its builders work, and reading the environment fails clearly', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { getSettings, Secret, string } from '@map/settings';
        globalThis.results = [String(new Secret('x')), string({ default: 'a' }).default];
        try { getSettings(); } catch (error) { globalThis.results.push(error.message); }
      `,
      resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    conditions: ['@map/source'],
  });
  const bundle = outputFiles[0]?.text ?? '';
  const page: { results?: unknown[] } = {};
  new Function('globalThis', 'process', bundle)(page, undefined);
  expect(page.results).toEqual([
    '**********',
    'a',
    expect.stringMatching(/^getSettings\(\) of @map\/settings needs a server/),
  ]);
  expect(bundle).not.toContain('node:fs');
});
