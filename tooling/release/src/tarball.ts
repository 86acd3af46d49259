import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { must } from './execute.ts';
import { type Manifest, readManifest } from './packages.ts';

/** A packed package, unpacked for inspection. */
export interface Tarball extends AsyncDisposable {
  path: string;
  sizeBytes: number;
  /** Folder that holds its content. */
  folder: string;
  /** Paths of its files, from that folder. */
  files: string[];
  manifest: Manifest;
}

/**
 * Unpacks a tarball into a separate folder, which goes with `await using`.
 *
 * @param path - the `.tgz`
 * @returns its content
 */
export async function openTarball(path: string): Promise<Tarball> {
  const scratch = await mkdtemp(join(tmpdir(), 'map-tarball-'));
  await must('tar', ['-xzf', path, '-C', scratch], { cwd: scratch });
  const folder = join(scratch, 'package');
  return {
    path,
    sizeBytes: (await stat(path)).size,
    folder,
    files: await filesIn(folder),
    manifest: readManifest(folder),
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  };
}

/**
 * Lists the files of a folder and of those within.
 *
 * @param folder - where to look
 * @returns paths from that folder, sorted
 */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
