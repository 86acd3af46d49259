import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPnpm } from './execute.ts';

const folder: string = fileURLToPath(new URL('../runtimes/', import.meta.url));
const modules: string = join(folder, 'node_modules');

/** The versions of Node that users may have; the first one is the oldest promised. */
export const nodes: readonly string[] = ['22', '24', '26'];
export const typescripts: readonly string[] = ['5', '6', '7'];

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

export const verdaccioPath: string = join(modules, 'verdaccio', 'bin', 'verdaccio');
