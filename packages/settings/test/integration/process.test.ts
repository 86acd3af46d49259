import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { folder } from '../temporary-folder.ts';

const run = promisify(execFile);
const INDEX = new URL('../../src/index.ts', import.meta.url).href;

/** Runs a module in a fresh process and gives what it returned as JSON. */
async function inProcess(body: string, env: Record<string, string> = {}, cwd = folder()) {
  const code = `import * as settings from ${JSON.stringify(INDEX)}; console.log(JSON.stringify(await (async () => { ${body} })()));`;
  const { stdout, stderr } = await run(
    process.execPath,
    ['--conditions=@map/source', '--input-type=module', '--eval', code],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
        ...env,
      },
      cwd,
    },
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
    const heavy = () => files().some((file) => /node_modules.*(?:ajv|env-schema|typebox)/.test(file));
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

describe('a bundle for Node', () => {
  const CONTENTS = `
    import { defineSettings, loadSettings } from '@map/settings';
    const format = { EMAIL: { type: 'string', format: 'email' } };
    const settings = defineSettings(format, { stock: false });
    console.log(settings.loadSettings({ env: { EMAIL: 'a@b.example' }, envFiles: [] }).EMAIL);
    try {
      loadSettings({ env: { METRICS_PORT: '99999' }, envFiles: [] });
    } catch (error) {
      console.log(error.message.split('\\n')[1]);
    }
  `;
  /** Bundles and runs the module in a folder without any installed packages. */
  async function output(options: BuildOptions, name: string): Promise<string[]> {
    const file = join(folder(), name);
    const resolveDir = fileURLToPath(new URL('../..', import.meta.url));
    await build({
      stdin: { contents: CONTENTS, resolveDir },
      bundle: true,
      outfile: file,
      platform: 'node',
      conditions: ['@map/source'],
      ...options,
    });
    return (await run(process.execPath, [file])).stdout.trim().split('\n');
  }
  const WRONG = '- METRICS_PORT (environment): expected at most 65535, got 99999';

  test('in CommonJS has everything in it', async () => {
    expect(await output({ format: 'cjs' }, 'app.cjs')).toEqual(['a@b.example', WRONG]);
    expect(await output({ format: 'cjs', minify: true }, 'min.cjs')).toEqual([
      'a@b.example',
      WRONG,
    ]);
  });

  test('in ES modules, too, where it has a require', async () => {
    const js =
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    const options = { format: 'esm', banner: { js } } as const;
    expect(await output(options, 'app.mjs')).toEqual(['a@b.example', WRONG]);
  });

  test('without one, valid values load, and wrong ones say what is missing', async () => {
    const [valid, wrong] = await output({ format: 'esm' }, 'app.mjs');
    expect(valid).toBe('a@b.example');
    expect(wrong).toMatch(/METRICS_PORT .* keep env-schema external in the bundle\), got 99999/);
  });
});
