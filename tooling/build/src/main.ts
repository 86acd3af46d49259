// Builds the package of the current folder: `node ../../tooling/build/src/main.ts [entry that is built apart…]`.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { bundle } from './bundle.ts';
import { removeUnreachable } from './declarations.ts';

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
const entries = [...new Set(sources(manifest.exports))];
const own = entries.filter((entry) => !apart.includes(entry));

rmSync('dist', { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json', '--emitDeclarationOnly'], { stdio: 'inherit' });
removeUnreachable(
  'dist',
  entries.map((entry) => entry.replace(/^\.\/src\//, '').replace(/\.ts$/, '.d.ts')),
);
// What shares no state with the others is built apart, or it would split what they are made of.
for (const group of [own, ...apart.map((entry) => [entry])]) await bundle(group);
