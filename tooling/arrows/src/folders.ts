import { posix } from 'node:path';
import { importsWithin } from './imports.ts';
import type { Finding, Source } from './source.ts';

/**
 * Finds circles between the folders of one package. A file that stands in `src` itself is above all
 * folders: it may use any of them, and none of them may use it.
 *
 * @param sources - the package's files
 * @returns one finding for each import that leads back to where it came from
 */
export function folderCircles(sources: readonly Source[]): Finding[] {
  const imports = importsWithin(sources)
    .map((found) => ({ ...found, fromFolder: folderOf(found.from), toFolder: folderOf(found.to) }))
    .filter(({ fromFolder, toFolder }) => fromFolder !== toFolder);
  const arrows = new Map<string, Set<string>>();
  for (const { fromFolder, toFolder } of imports) {
    if (fromFolder === '') continue;
    arrows.set(fromFolder, (arrows.get(fromFolder) ?? new Set()).add(toFolder));
  }
  return imports.flatMap(({ from, to, line, fromFolder, toFolder }) => {
    if (fromFolder === '') return [];
    if (toFolder === '') {
      return [
        { file: from, line, message: `${fromFolder}/ uses ${to}, which is above all folders` },
      ];
    }
    const way = shortestWay(arrows, toFolder, fromFolder);
    if (!way) return [];
    const circle = [fromFolder, ...way].map((folder) => `${folder}/`).join(' -> ');
    return [{ file: from, line, message: `folders in a circle: ${circle} (by ${to})` }];
  });
}

/** The folder below `src`, empty for `src` itself. */
function folderOf(file: string): string {
  return posix.dirname(file).split('/').slice(3).join('/');
}

function shortestWay(
  arrows: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): string[] | undefined {
  const ways = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const last = way.at(-1) ?? '';
    if (last === to) return way;
    for (const next of arrows.get(last) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
