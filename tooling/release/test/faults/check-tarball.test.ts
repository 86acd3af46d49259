import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTarball } from '../../src/check-tarball.ts';
import { must } from '../../src/execute.ts';
import { openTarball } from '../../src/tarball.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-check-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const manifest = {
  name: '@map/pear',
  version: '1.2.0',
  description: 'Pears',
  license: 'MIT',
  type: 'module',
  repository: { type: 'git', url: 'git+https://github.com/pear/pear.git' },
  sideEffects: false,
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  engines: { node: '>=22.19.0' },
  dependencies: { '@map/errors': '^1.2.0' },
};

const good: Record<string, string> = {
  'README.md': '# Pear',
  LICENSE: 'MIT',
  'dist/index.js': 'export const pear = 1;\n',
  'dist/index.d.ts': 'export declare const pear = 1;\n',
};

/** Packs and checks; returns what failed, by side. */
async function problems(
  name: string,
  changes: Record<string, string | undefined>,
  manifestChanges: object = {},
): Promise<Record<string, string[]>> {
  const files = {
    ...good,
    ...changes,
    'package.json': JSON.stringify({ ...manifest, ...manifestChanges }),
  };
  for (const [file, text] of Object.entries(files)) {
    if (text === undefined) continue;
    await mkdir(dirname(join(folder, name, 'package', file)), { recursive: true });
    await writeFile(join(folder, name, 'package', file), text);
  }
  await must('tar', ['-czf', 'pear.tgz', 'package'], { cwd: join(folder, name) });
  await using tarball = await openTarball(join(folder, name, 'pear.tgz'));
  const failed = (await checkTarball(tarball)).filter(({ ok }) => !ok);
  return Object.fromEntries(
    failed.map(({ name: side, detail = '' }) => [
      side.replace('@map/pear@1.2.0 ', ''),
      detail.split('\n'),
    ]),
  );
}

test('a good package passes every check', async () => {
  expect(await problems('good', {})).toEqual({});
});

test('a package whose repository is a placeholder is not published', async () => {
  const url = 'git+https://git.example.com/pear/pear.git';
  expect(await problems('placeholder', {}, { repository: { type: 'git', url } })).toEqual({
    manifest: [`repository.url is a placeholder: ${url}; set it with release:address <url>`],
  });
});

// All breaks stand in one package: the checks are slow to start.
describe('a broken package', () => {
  let found: Record<string, string[]>;

  beforeAll(async () => {
    found = await problems(
      'broken',
      {
        'test/pear.test.ts': 'test',
        'dist/index.js.map': '{}',
        'dist/index.d.ts': undefined,
        'dist/index.js':
          "import 'node:fs';\nimport '@map/errors';\nimport('got');\nexport * from './gone.js';\n",
        'dist/pear.d.ts': "/** import 'not-this' */\nimport type { Redis } from 'redis/client';\n",
      },
      {
        dependencies: { '@map/errors': 'workspace:^', winston: '3.0.0', '@map/logger': '^1.1.0' },
        exports: {
          '.': {
            '@map/source': './src/index.ts',
            types: './dist/index.d.ts',
            default: './dist/index.js',
          },
        },
      },
    );
  });

  test('lacks files, or has some that users do not need', () => {
    expect(found['content']).toEqual([
      'dist/index.js.map is of no use to users',
      'test/pear.test.ts is of no use to users',
      'dist/index.d.ts is missing',
      'src/index.ts is missing',
    ]);
  });

  test('has types that cannot be found', () => {
    expect(found['publint']?.join()).toContain('index.d.ts');
    expect(found['types (attw)']).toBeDefined();
  });

  test('imports what is not declared, or not packed', () => {
    expect(found['declared imports']).toEqual([
      'dist/index.js imports got, not declared',
      'dist/index.js imports ./gone.js, not in the package',
      'dist/pear.d.ts imports redis/client, not declared',
    ]);
  });

  test('has ranges that only the workspace understands, or that users cannot share', () => {
    expect(found['manifest']).toEqual([
      '@map/errors is still workspace:^',
      '@map/errors is pinned to workspace:^; users cannot share it',
      '@map/errors is workspace:^, not ^1.2.0',
      'winston is pinned to 3.0.0; users cannot share it',
      '@map/logger is ^1.1.0, not ^1.2.0',
      'exports still offer the condition @map/source',
    ]);
  });
});
