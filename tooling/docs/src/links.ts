import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FENCE = /^( {0,3})(`{3,}|~{3,})[\s\S]*?^ {0,3}\2.*$/gm;

/**
 * Finds the links between the repository's pages that lead nowhere.
 *
 * @param root - the repository's root
 * @returns a line for each: the page, the link and what is missing
 */
export function deadLinks(root: string): string[] {
  const pages = globSync(['*.md', '{packages,tooling}/*/README.md', 'docs/**/*.md'], { cwd: root });
  return pages.sort().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(FENCE, '');
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const reason = /^[a-z]+:/.test(link) ? undefined : whyDead(root, page, link);
      return reason === undefined ? [] : [`${page}: ${link}: ${reason}`];
    });
  });
}

function whyDead(root: string, page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(file)) return 'no such file';
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(readFileSync(file, 'utf8')).has(anchor) ? undefined : 'no such heading';
}

/** The anchors of a page: its headings as GitHub names them, and its own. */
function anchorsOf(markdown: string): Set<string> {
  const text = markdown.replace(FENCE, '');
  const headings = [...text.matchAll(/^#{1,6} (.+?) *$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
  const own = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name);
  return new Set([...headings, ...own]);
}
