// Builds the package of the current folder: `node ../../tooling/build/src/main.ts [entry that is built apart…]`.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Gives every source file that the exports name, under whichever condition. */
function sources(value: unknown): string[] {
  if (typeof value === 'string') return value.endsWith('.ts') && isSource(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(sources);
}

function isSource(path: string): boolean {
  return path.startsWith('./src/');
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const apart = process.argv.slice(2);
const own = [...new Set(sources(manifest.exports))].filter((entry) => !apart.includes(entry));

rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json', '--emitDeclarationOnly'], { stdio: 'inherit' });
// One module an entry, and what entries share: each file costs a start-up about a millisecond.
// What shares no state with the others is built apart, or it would split what they are made of.
for (const entryPoints of [own, ...apart.map((entry) => [entry])]) {
  await build({
    entryPoints,
    outdir: 'dist',
    outbase: 'src',
    bundle: true,
    splitting: true,
    packages: 'external',
    // A file that must stay as it is, such as CommonJS: named in the `imports` of package.json.
    external: ['#*'],
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    chunkNames: 'shared-[hash]',
    sourcemap: true,
    logLevel: 'warning',
  });
}
