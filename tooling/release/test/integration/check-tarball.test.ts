import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTarball } from '../../src/check-tarball.ts';
import { must } from '../../src/execute.ts';
import { openTarball } from '../../src/tarball.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-check-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const manifest = {
  name: '@map/pear',
  version: '1.2.0',
  description: 'Pears',
  license: 'MIT',
  type: 'module',
  repository: { type: 'git', url: 'git+https://github.com/map/map.git' },
  sideEffects: false,
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  engines: { node: '>=22.12.0' },
  dependencies: { '@map/errors': '^1.2.0' },
};

const good: Record<string, string> = {
  'README.md': '# Pear',
  'CHANGELOG.md': '# Pear',
  LICENSE: 'MIT',
  'src/index.ts': 'export const pear = 1;\n',
  'dist/index.js': 'export const pear = 1;\n//# sourceMappingURL=index.js.map\n',
  'dist/index.js.map': JSON.stringify({
    version: 3,
    sources: ['../src/index.ts'],
    mappings: '',
  }),
  'dist/index.d.ts': 'export declare const pear = 1;\n',
};

/** Packs and checks; returns what failed, by side. */
async function problems(
  changes: Record<string, string | undefined>,
  manifestChanges: object = {},
): Promise<Record<string, string>> {
  const files = {
    ...good,
    ...changes,
    'package.json': JSON.stringify({ ...manifest, ...manifestChanges }),
  };
  for (const [file, text] of Object.entries(files)) {
    if (text === undefined) continue;
    await mkdir(dirname(join(folder, 'package', file)), { recursive: true });
    await writeFile(join(folder, 'package', file), text);
  }
  await must('tar', ['-czf', 'pear.tgz', 'package'], { cwd: folder });
  await using tarball = await openTarball(join(folder, 'pear.tgz'));
  const failed = (await checkTarball(tarball)).filter(({ ok }) => !ok);
  return Object.fromEntries(
    failed.map(({ name, detail = '' }) => [name.replace('@map/pear@1.2.0 ', ''), detail]),
  );
}

test('a good package passes every check', async () => {
  expect(await problems({})).toEqual({});
});

test('a missing file and one that users do not need', async () => {
  const found = await problems({ 'dist/index.d.ts': undefined, 'test/pear.test.ts': 'test' });
  expect(found['content']).toBe(
    'test/pear.test.ts is of no use to users\ndist/index.d.ts is missing',
  );
  expect(found['publint']).toContain('index.d.ts');
  expect(found['types (attw)']).toBeDefined();
});

test('imports that are not declared, or not packed', async () => {
  const found = await problems({
    'dist/index.js':
      "import 'node:fs';\nimport '@map/errors';\nimport('got');\nexport * from './gone.js';\n",
    'dist/index.d.ts': "/** import 'not-this' */\nimport type { Redis } from 'redis/client';\n",
  });
  expect(found['declared imports']?.split('\n')).toEqual([
    'dist/index.d.ts imports redis/client, not declared',
    'dist/index.js imports got, not declared',
    'dist/index.js imports ./gone.js, not in the package',
  ]);
});

test('ranges that only the workspace understands, or that users cannot share', async () => {
  const dependencies = { '@map/errors': 'workspace:^', got: '16.1.0', '@map/logger': '^1.1.0' };
  const found = await problems({}, { dependencies });
  expect(found['manifest']?.split('\n')).toEqual([
    '@map/errors is still workspace:^',
    '@map/errors is pinned to workspace:^; users cannot share it',
    '@map/errors is workspace:^, not ^1.2.0',
    'got is pinned to 16.1.0; users cannot share it',
    '@map/logger is ^1.1.0, not ^1.2.0',
  ]);
});

test('a source map that leads nowhere', async () => {
  const found = await problems({ 'src/index.ts': undefined });
  expect(found['source maps']).toBe(
    'dist/index.js.map points to ../src/index.ts, not in the package',
  );
});

test('the condition for the workspace itself does not get out', async () => {
  const found = await problems(
    {},
    { exports: { '.': { '@map/source': './src/index.ts', default: './dist/index.js' } } },
  );
  expect(found['manifest']).toContain('@map/source');
});
