import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from './packages.ts';
import { filesIn } from './tarball.ts';

/** The content of a `node_modules`. */
export interface Installed {
  /** `name@version` of each package, as often as it is there. */
  packages: string[];
  bytes: number;
}

/**
 * Takes stock of an npm `node_modules`.
 *
 * @param folder - of the consumer
 * @returns packages and total size
 */
export async function takeStock(folder: string): Promise<Installed> {
  const modules = join(folder, 'node_modules');
  const packages: string[] = [];
  let bytes = 0;
  for (const file of await filesIn(modules)) {
    bytes += (await lstat(join(modules, file))).size;
    if (!/(^|\/node_modules\/)(@[^/]+\/)?[^@/][^/]*\/package\.json$/.test(file)) continue;
    const { name, version } = readManifest(join(modules, file, '..'));
    packages.push(`${name}@${version}`);
  }
  return { packages: packages.sort(), bytes };
}

/**
 * Follows `dependencies` from a package: whatever else is installed was brought without being asked.
 *
 * @param name - the package that was installed alone
 * @param packages - what is in `node_modules`
 * @param folder - of the consumer
 * @returns sentences; none where all is well
 */
export function strangeDependencies(name: string, packages: string[], folder: string): string[] {
  const asked = new Set<string>();
  const visit = (dependency: string): void => {
    if (asked.has(dependency)) return;
    asked.add(dependency);
    try {
      const manifest = readManifest(join(folder, 'node_modules', dependency));
      const { dependencies, optionalDependencies, peerDependencies } = manifest;
      const next = { ...dependencies, ...optionalDependencies, ...peerDependencies };
      for (const other of Object.keys(next)) visit(other);
    } catch {
      // Optional and absent.
    }
  };
  visit(name);
  const names = packages.map((entry) => entry.slice(0, entry.lastIndexOf('@')));
  const strange = names.filter((entry) => !asked.has(entry));
  const ours = names.filter((entry) => entry.startsWith('@map/'));
  const twice = ours.filter((entry, index) => ours.indexOf(entry) !== index);
  return [
    ...strange.map((entry) => `${entry} is there and no package depends on it`),
    ...twice.map((entry) => `${entry} is there more than once`),
  ];
}
