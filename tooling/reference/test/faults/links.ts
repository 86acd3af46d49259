import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Finds the links of a built site that lead nowhere.
 *
 * @param folder - the site
 * @returns how many links there are, and a line for each broken one
 */
export function crawl(folder: string): { links: number; broken: string[] } {
  const pages = new Map(
    globSync('**/*.html', { cwd: folder }).map((page) => {
      const html = readFileSync(join(folder, page), 'utf8');
      const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id));
      return [page, { html, ids }];
    }),
  );
  const broken = new Set<string>();
  let links = 0;
  for (const [page, { html }] of pages) {
    for (const [, link = ''] of html.matchAll(/\s(?:href|src)="([^"]+)"/g)) {
      // TypeDoc links members of nested type literals to anchors that it does not write.
      if (/^[a-z]+:|^#__type/.test(link)) continue;
      links += 1;
      const [path = '', anchor = ''] = link.split('#').map((part) => decodeURIComponent(part));
      const file = path === '' ? page : join(dirname(page), path);
      const target = pages.get(file);
      const isFound = target
        ? anchor === '' || target.ids.has(anchor)
        : existsSync(join(folder, file));
      if (!isFound) broken.add(`${page}: ${link}`);
    }
  }
  return { links, broken: [...broken] };
}
