import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * Removes the declarations that no entry leads to: the compiler writes one for each source, and
 * the others cannot be imported.
 *
 * @param folder - of the declarations, such as `dist`
 * @param entries - the declarations that users import, from that folder
 */
export function removeUnreachable(folder: string, entries: readonly string[]): void {
  const reached = new Set<string>();
  const queue = entries.map((entry) => normalize(entry));
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const code = readFileSync(join(folder, file), 'utf8');
    for (const [, specifier = ''] of code.matchAll(/(?:from|import) ?\(?['"](\.[^'"]+)['"]/g)) {
      queue.push(join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')));
    }
  }
  for (const file of globSync('**/*.d.ts', { cwd: folder })) {
    if (!reached.has(file)) rmSync(join(folder, file));
  }
}
