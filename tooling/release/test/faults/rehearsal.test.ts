import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const rehearse = fileURLToPath(new URL('../../src/rehearse.ts', import.meta.url));
let source: string;
let output: string;
let exitCode: number;

/** Spoils a package after everything was built, when no compiler of ours sees it any more. */
async function beforePack(name: string, command: string): Promise<void> {
  const file = join(source, 'packages', name, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { scripts: Record<string, string> };
  manifest.scripts['prepack'] = command;
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

beforeAll(async () => {
  source = await mkdtemp(join(tmpdir(), 'map-broken-'));
  await run('git', ['clone', '--quiet', '--no-hardlinks', root, source]);
  await beforePack('metrics', 'rm dist/index.js');
  await beforePack('errors', `printf '\\nexport declare const plum: Plum;\\n' >> dist/index.d.ts`);
  await beforePack('connections', `printf "\\nimport 'plum-stone';\\n" >> dist/index.js`);
  await writeFile(
    join(source, 'packages/logger/src/plum.ts'),
    "// @ts-nocheck\nimport '@map/settings';\n\nexport {};\n",
  );
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  await run('git', ['add', '--all'], { cwd: source });
  await run('git', [...identity, 'commit', '--quiet', '-m', 'Plant breaks'], { cwd: source });
  const args = [rehearse, '--source', source, '--only', '@map/errors'];
  ({ output, exitCode } = await run(process.execPath, args, { maxBuffer: 1e8 }).then(
    ({ stdout, stderr }) => ({ output: stdout + stderr, exitCode: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => ({
      output: error.stdout + error.stderr,
      exitCode: error.code,
    }),
  ));
}, 600_000);

afterAll(async () => {
  await rm(source, { recursive: true, force: true });
});

test('the rehearsal of broken packages fails', () => {
  expect(exitCode, output).toBe(1);
  expect(output).toMatch(/\d+ passed, [1-9]\d* failed\n/);
  expect(output).toMatch(/^ok {4} the rehearsal ran to its end/m);
});

test('a missing file is found', () => {
  expect(output).toMatch(
    /FAILED first release: @map\/metrics@\S+ content\n\s+dist\/index\.js is missing/,
  );
  expect(output).toMatch(/FAILED first release: @map\/metrics@\S+ publint/);
});

test('wrong types are found', () => {
  expect(output).toMatch(/FAILED @map\/errors types: ts 5, nodenext\n.*Plum/);
  expect(output).toMatch(/FAILED @map\/errors types: ts 7, bundler, no @types\/node/);
});

test('a dependency that is not declared is found', () => {
  expect(output).toMatch(
    /FAILED first release: @map\/connections@\S+ declared imports\n.*dist\/index\.js imports plum-stone, not declared/,
  );
});

test('a wrong arrow is found', () => {
  expect(output).toMatch(/FAILED first release: no wrong arrow[\s\S]*?@map\/settings/);
});
