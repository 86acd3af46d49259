import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository: string = fileURLToPath(new URL('../../..', import.meta.url));

type Targets = string | { [condition: string]: Targets };

/** The members of a package.json that matter to a release. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  type?: string;
  license?: string;
  description?: string;
  repository?: unknown;
  engines?: Record<string, string>;
  bin?: Record<string, string>;
  packageManager?: string;
  exports?: Record<string, Targets>;
  files?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

export interface Package {
  folder: string;
  manifest: Manifest;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * Lists the packages that are published.
 *
 * @param root - the repository's root
 * @returns the packages, by name
 */
export function publicPackages(root: string = repository): Package[] {
  const parent = join(root, 'packages');
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => !manifest.private)
    .sort((a, b) => a.manifest.name.localeCompare(b.manifest.name));
}

/**
 * Lists what a user can import of a package.
 *
 * @param manifest - of the package
 * @returns specifiers without `./package.json`: `@map/metrics`, `@map/metrics/llm`
 */
export function entriesOf(manifest: Manifest): string[] {
  return Object.keys(manifest.exports ?? {})
    .filter((key) => !/\.\w+$/.test(key) && !key.includes('*'))
    .map((key) => manifest.name + key.slice(1));
}

/**
 * Collects every file a conditional export points to.
 *
 * @param targets - a part of `exports`
 * @returns paths as written
 */
export function targetsOf(targets: Targets): string[] {
  return typeof targets === 'string' ? [targets] : Object.values(targets).flatMap(targetsOf);
}
