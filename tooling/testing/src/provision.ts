import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Container, findContainer } from './container.ts';
import { installHint, type PackageNames } from './install-hint.ts';

const run = promisify(execFile);

/** A program this machine can run, and what its environment needs for it. */
export interface Program {
  /** Of the file; inside the container, where there is one. */
  path: string;
  env: Record<string, string>;
  container?: Container;
}

/** Where a program is looked for, and what Debian calls it. */
export interface ProgramSource {
  /** The file's name, as on PATH. */
  name: string;
  /** Programs that can stand in for it, the better one first. */
  otherNames?: string[];
  /** Debian packages that hold the program and the libraries a small system lacks. */
  packages: string[];
  /** Folders to look into when PATH has none; `*` stands for one folder's name. */
  folders?: string[];
  /** An image that has it, for docker or podman. */
  image?: string;
  /** The names of its package on other systems. */
  install?: PackageNames;
}

const cacheFolder: string = fileURLToPath(new URL('../../../.cache/debian/', import.meta.url));

const known = new Map<string, Promise<Program>>();

/**
 * Finds a program on PATH; else downloads Debian's package of it into the project's `.cache`; else
 * finds a container runtime that has it, where an image is named.
 *
 * @param source - the program's name and its Debian packages
 * @returns the program's path and the environment it runs in
 * @throws Error that says what to install where no way is open
 */
export function provide(source: ProgramSource): Promise<Program> {
  let found = known.get(source.name);
  if (!found) {
    found = find(source);
    known.set(source.name, found);
  }
  return found;
}

async function find(source: ProgramSource): Promise<Program> {
  const installed = process.env['MAP_TESTING_IGNORE_PATH'] ? undefined : onThisMachine(source);
  if (installed) return { path: installed, env: {} };
  const failures = ['not on PATH'];
  try {
    return await fromDebian(source);
  } catch (error) {
    failures.push(`not available from Debian (${lastLine(error)})`);
  }
  if (source.image !== undefined) {
    try {
      return { path: source.name, env: {}, container: await findContainer(source.image) };
    } catch (error) {
      failures.push(`not in a container (${lastLine(error)})`);
    }
  }
  const hint = installHint(source.name, source.packages[0] ?? source.name, source.install);
  throw new Error(`${source.name} is ${failures.join(', ')}. ${hint}`);
}

async function fromDebian(source: ProgramSource): Promise<Program> {
  const folder = join(cacheFolder, source.packages[0] ?? source.name);
  const cached = await inside(folder, source);
  if (!cached) await download(source, folder);
  const program = cached ?? (await inside(folder, source));
  if (!program) throw new Error(`no ${source.name} in ${source.packages.join(', ')}`);
  // On a relative of Debian it may lack a library.
  if (source.image) await run(program.path, ['--version'], { env: program.env });
  return program;
}

function onThisMachine(source: ProgramSource): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...(source.folders ?? [])];
  const places = folders.flatMap(expand);
  return [source.name, ...(source.otherNames ?? [])]
    .flatMap((name) => places.map((place) => join(place, name)))
    .find(isExecutable);
}

function expand(folder: string): string[] {
  const [before, after] = folder.split('*');
  if (before === undefined || after === undefined) return [folder];
  try {
    const names = readdirSync(before).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    return names.map((name) => join(before, name, after));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function inside(folder: string, source: ProgramSource): Promise<Program | undefined> {
  const bins = ['/usr/bin', '/usr/sbin', ...(source.folders ?? [])];
  const path = bins
    .flatMap((bin) => expand(join(folder, bin)))
    .map((bin) => join(bin, source.name))
    .find(isExecutable);
  if (!path) return undefined;
  const libraries = await readdir(join(folder, 'usr/lib')).catch(() => []);
  const libraryPath = libraries
    .filter((name) => name.includes('-linux-'))
    .map((name) => join(folder, 'usr/lib', name));
  return libraryPath.length > 0
    ? { path, env: { LD_LIBRARY_PATH: libraryPath.join(delimiter) } }
    : { path, env: {} };
}

async function download(source: ProgramSource, folder: string): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const scratch = await mkdtemp(join(cacheFolder, '.download-'));
  try {
    await run('apt-get', ['download', ...source.packages], { cwd: scratch }).catch(async () => {
      // The system's package lists may be missing or old: fetch private ones, leave its own alone.
      const lists = await privateLists();
      await run('apt-get', [...lists, 'update'], { cwd: scratch });
      await run('apt-get', [...lists, 'download', ...source.packages], { cwd: scratch });
    });
    const unpacked = join(scratch, 'unpacked');
    for (const file of await readdir(scratch)) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(scratch, file), unpacked]);
    }
    await mkdir(dirname(folder), { recursive: true });
    // Of several processes that download at once the first one wins; the others use its copy.
    await rename(unpacked, folder).catch(() => access(folder));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function privateLists(): Promise<string[]> {
  const state = join(cacheFolder, '.apt');
  await mkdir(join(state, 'lists/partial'), { recursive: true });
  await mkdir(join(state, 'cache/archives/partial'), { recursive: true });
  return ['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}/cache`];
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? text;
}
