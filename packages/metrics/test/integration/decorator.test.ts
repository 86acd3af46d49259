import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

// Node cannot parse decorators: this is what TypeScript makes of them for ES2022.
test('timedMetric works as a decorator in code that TypeScript has compiled', async () => {
  const here = dirname(fileURLToPath(import.meta.url));
  const out = join(here, `../../dist/.decorator-${process.pid}`);
  await mkdir(out, { recursive: true });
  onTestFinished(() => rm(out, { recursive: true }));
  const config = join(out, 'tsconfig.json');
  await writeFile(
    config,
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2024', 'esnext.disposable'],
        module: 'nodenext',
        strict: true,
        types: ['node'],
        customConditions: ['@map/source'],
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: true,
        skipLibCheck: true,
        rootDir: join(here, '../..'),
        outDir: out,
      },
      files: [join(here, 'decorator-fixture.ts')],
    }),
  );
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  await run(process.execPath, [tsc, '-p', config]);
  const fixture = join(out, 'test/integration/decorator-fixture.js');
  const { stdout } = await run(process.execPath, ['--conditions=@map/source', fixture]);
  expect(JSON.parse(stdout)).toEqual(['p-a-1', 3, 'p', 'save', 2, 1, 1, 1]);
});
