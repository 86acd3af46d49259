import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The entry that the packages of MAP share, and applications do not use. */
const KERNEL = 'kernel.d.ts';

/**
 * Removes the declarations that no entry leads to: the compiler writes one for each source, and
 * the others cannot be imported. Those that only the kernel leads to lose their comments, which
 * nobody reads there.
 *
 * @param folder - of the declarations, such as `dist`
 * @param entries - the declarations that users import, from that folder
 */
export function removeUnreachable(folder: string, entries: readonly string[]): void {
  const reached = reachable(folder, entries);
  const shown = reachable(
    folder,
    entries.filter((entry) => entry !== KERNEL),
  );
  for (const file of globSync('**/*.d.ts', { cwd: folder })) {
    if (!reached.has(file)) rmSync(join(folder, file));
    else if (!shown.has(file)) withoutComments(join(folder, file));
  }
}

function reachable(folder: string, entries: readonly string[]): ReadonlySet<string> {
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
  return reached;
}

function withoutComments(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^ *\/\*\*[\s\S]*?\*\/\n/gm, ''));
}
