import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const bin = join(root, 'node_modules/.bin');
let copy: string;
let boundaries: Ran;
let lint: Ran;
let house: Ran;

interface Ran {
  code: number;
  output: string;
}

/** Copies the repository's own files and shares what is installed. */
async function copyRepository(): Promise<void> {
  const { stdout } = await run(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ':!tooling/release'],
    { cwd: root, maxBuffer: 1e8 },
  );
  // A file may be deleted and not yet committed.
  const copyFile = (file: string) => cp(join(root, file), join(copy, file)).catch(() => {});
  await Promise.all(stdout.split('\0').filter(Boolean).map(copyFile));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
}

async function tool(command: string, ...args: string[]): Promise<Ran> {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    TURBO_TELEMETRY_DISABLED: '1',
    NO_COLOR: '1',
  };
  return run(command, args, { cwd: copy, env, maxBuffer: 1e8 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

async function plant(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await appendFile(join(copy, file), text);
  }
}

async function addDependency(folder: string, name: string): Promise<void> {
  const file = join(copy, folder, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies?: object };
  manifest.dependencies = { ...manifest.dependencies, [name]: 'workspace:*' };
  await writeFile(file, JSON.stringify(manifest, null, 2));
}

const importing = (name: string, from: string): string =>
  `import { ${name} } from '${from}';\nexport const ${name}Again = ${name};\n`;
const importingType = (name: string, from: string): string =>
  `import type { ${name} } from '${from}';\nexport type ${name}Again = ${name};\n`;

// Every break stands in one copy, so that each tool has to start only once.
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'map-arrows-'));
  await copyRepository();
  await addDependency('packages/connections', '@map/metrics');
  await addDependency('packages/errors', '@map/settings');
  await addDependency('tooling/bench', '@map-tooling/testing');
  await addDependency('tooling/testing', '@map-tooling/bench');
  await plant({
    'packages/logger/src/planted/undeclared.ts': "import '@map/settings';\n",
    'packages/settings/src/planted/stolen.ts': "export * from '../../../logger/src/index.ts';\n",
    'packages/errors/src/planted/unknown.ts': "import 'no-such-package';\n",
    'packages/errors/src/planted/development.ts': "import 'fast-check';\n",
    'packages/metrics/src/planted/hen.ts': importing('eggAgain', './egg.ts'),
    'packages/metrics/src/planted/egg.ts': importing('henAgain', './hen.ts'),
    'packages/metrics/src/planted/Plum.ts': importingType('PearAgain', './Pear.ts'),
    'packages/metrics/src/planted/Pear.ts': importingType('PlumAgain', './Plum.ts'),
    // Three folders in a circle, though no two files are; one arrow is a type, one an import().
    'packages/metrics/src/planted-a/one.ts': importing('two', '../planted-b/two.ts'),
    'packages/metrics/src/planted-b/two.ts': 'export const two = 2;\n',
    'packages/metrics/src/planted-b/three.ts': importingType('Four', '../planted-c/four.ts'),
    'packages/metrics/src/planted-c/four.ts': 'export type Four = 4;\n',
    'packages/metrics/src/planted-c/five.ts':
      "export const five = (): Promise<object> => import('../planted-a/six.ts');\n",
    'packages/metrics/src/planted-a/six.ts': 'export const six = 6;\n',
    'packages/metrics/src/planted-a/up.ts': "export { Plum } from '../planted.ts';\n",
    'packages/metrics/src/planted.ts': 'export class Plum {}\n',
    'packages/connections/src/planted/private.ts': [
      'export const read = (socket: any): unknown => socket._handle;',
      "export const byName = (socket: any): unknown => socket['_server'];",
      'export const taken = ({ _events }: any): unknown => _events;',
      'export interface Stream { _writableState: unknown }',
      "export const names = ['_request', 'url'];",
      'export const buffer = (stream: any): unknown => stream.getBuffer();',
      "export const agent = (agent: any): unknown => Reflect.get(agent, 'addRequest');",
      'export const write = (stream: any): unknown => stream._write();',
      // What follows is allowed.
      'export class Sink extends Object { _write(): void {} #own = 1; own = this.#own; }',
      "export const total = (name: string): boolean => name.endsWith('_total');",
      "export const length = (): number => '_total'.length;",
      "export const made = (name: string): string => name + '_total';",
      'export const unused = (_first: unknown, second: unknown): unknown => second;',
      'export const proto = { __proto__: null };',
      '',
    ].join('\n'),
    'packages/settings/src/index.ts': "export const planted = 1;\nexport * from './secret.ts';\n",
  });
  boundaries = await tool(join(bin, 'turbo'), 'boundaries');
  lint = await tool(
    join(bin, 'biome'),
    ...['lint', 'packages', '--diagnostic-level=error', '--max-diagnostics=none'],
  );
  house = await tool(process.execPath, join(root, 'tooling/arrows/src/main.ts'), copy);
});

afterAll(() => rm(copy, { recursive: true, force: true }));

describe('between packages', () => {
  test('every tool refuses the copy', () => {
    expect([boundaries.code, lint.code, house.code]).toEqual([1, 1, 1]);
  });

  test.each([
    ['connections', 'metrics'],
    ['errors', 'settings'],
  ])('%s may not depend on %s', (from, to) => {
    const refusal = `Package \`@map/${to}\` found without any tag listed in allowlist for \`@map/${from}\``;
    expect(bare(boundaries.output)).toContain(bare(refusal));
  });

  test.each([
    '@map-tooling/bench -> @map-tooling/testing -> @map-tooling/bench',
    '@map/errors -> @map/settings -> @map/errors',
  ])('packages do not depend on each other in a circle: %s', (circle) => {
    expect(bare(boundaries.output)).toContain(
      bare(`Circular package dependency detected: ${circle}`),
    );
  });

  test('a package that is not declared is not imported', () => {
    expect(bare(boundaries.output)).toContain(
      bare('cannot import package `@map/settings` because it is not a dependency'),
    );
  });

  test('a file of another package is not imported by its path', () => {
    expect(bare(boundaries.output)).toContain(
      bare('`../../../logger/src/index.ts` leaves the package'),
    );
  });

  test.each(['unknown.ts', 'development.ts'])(
    'a source imports only what is installed with its package: %s',
    (file) => {
      expect(lint.output).toMatch(
        new RegExp(`planted/${file}:1:\\d+ lint/correctness/noUndeclaredDependencies`),
      );
    },
  );
});

describe('within a package', () => {
  test.each(['hen.ts', 'egg.ts', 'Plum.ts', 'Pear.ts'])(
    'files do not import each other in a circle: %s',
    (file) => {
      expect(lint.output).toMatch(
        new RegExp(`planted/${file}:1:\\d+ lint/suspicious/noImportCycles`),
      );
    },
  );

  test('folders do not use each other in a circle, whatever kind of import makes it', () => {
    expect(
      found('packages/metrics/src/planted-').filter((line) => line.includes('circle')),
    ).toEqual(
      [
        'planted-a/one.ts:1 folders in a circle: planted-a/ -> planted-b/ -> planted-c/ -> planted-a/ (by packages/metrics/src/planted-b/two.ts)',
        'planted-b/three.ts:1 folders in a circle: planted-b/ -> planted-c/ -> planted-a/ -> planted-b/ (by packages/metrics/src/planted-c/four.ts)',
        'planted-c/five.ts:1 folders in a circle: planted-c/ -> planted-a/ -> planted-b/ -> planted-c/ (by packages/metrics/src/planted-a/six.ts)',
      ].map((line) => line.replace(/^planted-/, '')),
    );
  });

  test('a folder does not use a file above all folders', () => {
    expect(found('packages/metrics/src/planted-a/up.ts:')).toEqual([
      '1 planted-a/ uses packages/metrics/src/planted.ts, which is above all folders',
    ]);
  });

  test('no private member of a dependency or of Node is named', () => {
    const names = [
      ...['_handle', '_server', '_events', '_writableState'],
      ...['_request', 'getBuffer', 'addRequest', '_write'],
    ];
    expect(found('packages/connections/src/planted/private.ts:')).toEqual(
      names.map(
        (name, index) => `${index + 1} ${name} is a private member: use what its owner documents`,
      ),
    );
  });

  test('index.ts holds named re-exports only', () => {
    expect(found('packages/settings/src/index.ts:')).toHaveLength(2);
  });
});

/** A report without its line breaks, which come anywhere, and the frame around it. */
function bare(report: string): string {
  return report.replaceAll(/\s+(\|\s+)?/g, '');
}

/** What the check of the sources found at a place, each without the place. */
function found(place: string): string[] {
  return house.output
    .split('\n')
    .filter((line) => line.startsWith(place))
    .map((line) => line.slice(place.length));
}
