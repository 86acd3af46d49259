import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Entry } from '../../src/entries.ts';

/**
 * Reads the names that an entry exports from its source, without TypeDoc.
 *
 * @param root - the repository's root
 * @param entry - the entry
 * @param entries - all entries, for `export * from '@map/…'`
 * @returns the names
 */
export function exportsOf(root: string, entry: Entry, entries: readonly Entry[]): string[] {
  const path = join(root, entry.file);
  const { module } = parseSync(path, readFileSync(path, 'utf8'));
  return module.staticExports.flatMap(({ entries: exported }) =>
    exported.flatMap(({ exportName, moduleRequest }) => {
      if (exportName.kind === 'Name') return [exportName.name ?? ''];
      const from = moduleRequest?.value ?? '';
      const file = join(dirname(entry.file), from);
      const next = from.startsWith('.')
        ? { name: from, file }
        : entries.find(({ name }) => name === from);
      if (exportName.kind !== 'None' || !next)
        throw new Error(`${entry.file}: export from ${from}`);
      return exportsOf(root, next, entries);
    }),
  );
}
