import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A module that users import. */
export interface Entry {
  /** As users import it: `@map/config/http`. */
  name: string;
  /** Path of its source from the repository's root. */
  file: string;
}

interface Manifest {
  name: string;
  exports: Record<string, string | { '@map/source'?: string }>;
  dependencies?: Record<string, string>;
}

/**
 * Lists the entries of all packages. A package comes after those it depends on: what it exports of
 * theirs is documented there.
 *
 * @param root - the repository's root
 * @returns the entries
 */
export function entriesOf(root: string): Entry[] {
  const packages = new Map(
    globSync('packages/*/package.json', { cwd: root }).map((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
      return [manifest.name, { folder: join(path, '..'), manifest }];
    }),
  );
  const depth = (name: string): number => {
    const used = Object.keys(packages.get(name)?.manifest.dependencies ?? {});
    return 1 + Math.max(0, ...used.filter((key) => packages.has(key)).map(depth));
  };
  return [...packages.values()]
    .sort((a, b) => depth(a.manifest.name) - depth(b.manifest.name))
    .flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports).flatMap(([key, target]) => {
        const source = typeof target === 'string' ? undefined : target['@map/source'];
        if (source === undefined) return [];
        return [{ name: manifest.name + key.slice(1), file: join(folder, source) }];
      }),
    );
}
