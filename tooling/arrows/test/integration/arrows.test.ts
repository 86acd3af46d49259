import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const copies: string[] = [];
let pristine: string;

beforeAll(async () => {
  pristine = await copyOf(root);
});

afterAll(async () => {
  for (const copy of copies) await rm(copy, { recursive: true, force: true });
});

/** A copy of the repository's own files that shares what is installed. */
async function copyOf(source: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'map-arrows-'));
  copies.push(copy);
  const { stdout } = await run(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: root, maxBuffer: 1e8 },
  );
  for (const file of stdout.split('\0').filter(Boolean)) {
    // A file may be deleted and not yet committed.
    await cp(join(source, file), join(copy, file)).catch(() => {});
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function tool(copy: string, name: string, ...args: string[]) {
  const bin = join(root, 'node_modules/.bin');
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    TURBO_TELEMETRY_DISABLED: '1',
    NO_COLOR: '1',
  };
  return run(join(bin, name), args, { cwd: copy, env, maxBuffer: 1e8 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

const boundaries = (copy: string) => tool(copy, 'turbo', 'boundaries');
const lint = (copy: string) =>
  tool(copy, 'biome', 'lint', 'packages', '--diagnostic-level=error', '--max-diagnostics=none');

async function addTo(copy: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(copy, file)), { recursive: true });
  await appendFile(join(copy, file), text);
}

async function addDependency(copy: string, folder: string, name: string): Promise<void> {
  const file = join(copy, folder, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies?: object };
  manifest.dependencies = { ...manifest.dependencies, [name]: 'workspace:*' };
  await writeFile(file, JSON.stringify(manifest, null, 2));
}

test('the repository as it stands has no wrong arrow', async () => {
  expect(await boundaries(pristine)).toMatchObject({ code: 0 });
  const { output } = await lint(pristine);
  expect(output).not.toMatch(/noImportCycles|noUndeclaredDependencies/);
});

test('a dependency against the arrows is found, declared or not', async () => {
  const declared = await copyOf(pristine);
  await addDependency(declared, 'packages/connections', '@map/metrics');
  await addTo(declared, 'packages/connections/src/index.ts', "import '@map/metrics';\n");
  const found = await boundaries(declared);
  expect(found.code).not.toBe(0);
  expect(found.output).toMatch(/@map\/connections.*tag|tag.*metrics/s);

  const undeclared = await copyOf(pristine);
  await addTo(undeclared, 'packages/logger/src/index.ts', "import '@map/settings';\n");
  expect((await boundaries(undeclared)).code).not.toBe(0);
});

test('a file of another package is not to be imported by its path', async () => {
  const copy = await copyOf(pristine);
  await addTo(
    copy,
    'packages/settings/src/index.ts',
    "export * as stolen from '../../logger/src/index.ts';\n",
  );
  const found = await boundaries(copy);
  expect(found.code).not.toBe(0);
  expect(found.output).toContain('leaves the package');
});

test('a source that imports an undeclared package, or one for development only, is found', async () => {
  const copy = await copyOf(pristine);
  await addTo(copy, 'packages/errors/src/undeclared.ts', "import 'no-such-package';\n");
  await addTo(copy, 'packages/errors/src/development.ts', "import 'fast-check';\n");
  const { code, output } = await lint(copy);
  expect(code).not.toBe(0);
  expect(output).toMatch(/undeclared\.ts:1:\d+ lint\/correctness\/noUndeclaredDependencies/);
  expect(output).toMatch(/development\.ts:1:\d+ lint\/correctness\/noUndeclaredDependencies/);
});

test('packages that depend on each other in a circle are found', async () => {
  const copy = await copyOf(pristine);
  await addDependency(copy, 'tooling/bench', '@map-tooling/testing');
  await addDependency(copy, 'tooling/testing', '@map-tooling/bench');
  const { code, output } = await tool(copy, 'turbo', 'run', 'build', '--dry=json');
  expect(code).not.toBe(0);
  expect(output).toMatch(/cycl/i);

  const errors = await copyOf(pristine);
  await addDependency(errors, 'packages/errors', '@map/settings');
  expect((await boundaries(errors)).code).not.toBe(0);
});

test('files that import each other in a circle are found', async () => {
  const copy = await copyOf(pristine);
  const cycle = (other: string, name: string): string =>
    `import { ${other} } from './${other}.ts';\nexport const ${name} = (): unknown => ${other};\n`;
  await addTo(copy, 'packages/metrics/src/hen.ts', cycle('egg', 'hen'));
  await addTo(copy, 'packages/metrics/src/egg.ts', cycle('hen', 'egg'));
  const { code, output } = await lint(copy);
  expect(code).not.toBe(0);
  expect(output).toMatch(/hen\.ts:1:\d+ lint\/suspicious\/noImportCycles/);
});
