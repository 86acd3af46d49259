import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { optionError } from '@map/errors/kernel';
import { configError } from '../core/errors.ts';

/**
 * Finds the file that the worker thread runs: the one given, the one beside this module, or that of
 * the installed package. A bundler moves this module away from its neighbour.
 *
 * @throws BaseError `CONFIG_INVALID_3002` if the file is missing.
 */
export function workerFile(given: string | URL | undefined): string {
  if (given !== undefined) {
    const file = given instanceof URL ? fileURLToPath(given) : given;
    if (typeof file === 'string' && existsSync(file)) return file;
    throw optionError('worker', 'the path of an existing file', given);
  }
  // Bundles in CommonJS have no such URL.
  const here: string | undefined = import.meta.url;
  if (here?.startsWith('file:')) {
    const extension = isSource() ? 'ts' : 'js';
    const beside = fileURLToPath(new URL(`./sync-worker.${extension}`, here));
    if (existsSync(beside)) return beside;
  }
  // Not imported: the banner of a bundle often declares `createRequire` for its own `require`.
  const { createRequire } = process.getBuiltinModule('node:module');
  for (const base of [here, join(process.cwd(), 'package.json')]) {
    try {
      if (base !== undefined) return createRequire(base).resolve('@map/connections/sync-worker');
    } catch {
      // Not installed there.
    }
  }
  throw configError(
    "Synchronous Redis cannot find its worker in this bundle. Build '@map/connections/sync-worker' as a separate entry and pass its path as `worker`.",
    { option: 'worker' },
  );
}

/** Whether this is the TypeScript source, as in the tests of this repository. */
export function isSource(): boolean {
  const here: string | undefined = import.meta.url;
  return here?.endsWith('.ts') === true;
}
