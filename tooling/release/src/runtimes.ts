import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPnpm } from './execute.ts';

const folder: string = fileURLToPath(new URL('../runtimes/', import.meta.url));
const modules: string = join(folder, 'node_modules');

/** The versions of Node that users may have; the first one is the oldest promised. */
export const nodes: readonly string[] = ['22', '24', '26'];
export const typescripts: readonly string[] = ['5', '6', '7'];

/** A program that runs JavaScript. */
export interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Trials that it must refuse. */
  readonly refuses?: readonly string[];
}

/** Installs what the rehearsal needs beyond the workspace, by its own lockfile. */
export async function installRuntimes(): Promise<void> {
  const env = { ...process.env, npm_config_dir: undefined, pnpm_config_dir: undefined };
  await runPnpm(['install', '--frozen-lockfile'], { cwd: folder, env });
}

/** The folder with `node` of a major version, for PATH. */
export function nodeFolder(major: string): string {
  return join(modules, `node-${major}`, 'bin');
}

export function nodePath(major: string): string {
  return join(nodeFolder(major), 'node');
}

export function tscPath(major: string): string {
  return join(modules, `typescript-${major}`, 'bin', 'tsc');
}

export function bunPath(minor: string): string {
  return join(modules, `bun-${minor}`, 'bin', 'bun.exe');
}

function denoPath(minor: string): string {
  return join(modules, `deno-${minor}`, 'deno');
}

export const verdaccioPath: string = join(modules, 'verdaccio', 'bin', 'verdaccio');

/** The runtimes on which the umbrella is used: of Bun and Deno, this minor version and the last. */
export const runtimes: readonly Runtime[] = [
  { name: 'Node.js 22.19', command: nodePath('22'), args: [] },
  { name: 'Node.js 24', command: nodePath('24'), args: [] },
  { name: 'Node.js 26', command: nodePath('26'), args: [] },
  {
    name: 'Bun 1.3',
    command: bunPath('1.3'),
    args: [],
    // undici 8 needs `markAsUncloneable` of `node:worker_threads`.
    refuses: ['`fetch`', 'Streamed model call', 'Demo'],
  },
  { name: 'Bun 1.4', command: bunPath('1.4'), args: [] },
  { name: 'Deno 2.8', command: denoPath('2.8'), args: ['run', '-A'] },
  { name: 'Deno 2.9', command: denoPath('2.9'), args: ['run', '-A'] },
];
