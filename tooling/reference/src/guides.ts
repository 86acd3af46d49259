import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page under `docs/`, and what it speaks of. */
export interface Guide {
  /** Path from the repository's root. */
  file: string;
  title: string;
  /** Names that it imports in its code, by module. */
  imports: ReadonlyMap<string, ReadonlySet<string>>;
  /** Single names in code within its sentences and tables. */
  names: ReadonlySet<string>;
}

const FENCE = /^ {0,3}(`{3,})(\w*)[^\n]*\n([\s\S]*?)^ {0,3}\1$/gm;

/**
 * Reads the guides.
 *
 * @param root - the repository's root
 * @returns every page but the list of them
 */
export function guidesOf(root: string): Guide[] {
  return globSync('docs/*.md', { cwd: root, exclude: ['docs/README.md'] })
    .sort()
    .map((file) => guideOf(file, readFileSync(join(root, file), 'utf8')));
}

/**
 * Reads one guide.
 *
 * @param file - its path
 * @param markdown - its content
 * @returns its title and the names that it mentions
 */
export function guideOf(file: string, markdown: string): Guide {
  const imports = new Map<string, Set<string>>();
  for (const [, , language, code = ''] of markdown.matchAll(FENCE)) {
    if (language !== 'ts') continue;
    for (const [, list = '', module = ''] of code.matchAll(
      /import\s*\{([^}]*)\}\s*from '([^']+)'/g,
    )) {
      const names = imports.get(module) ?? new Set();
      for (const [, name = ''] of list.matchAll(/(?:^|,)\s*(?:type\s+)?([\w$]+)/g)) names.add(name);
      imports.set(module, names);
    }
  }
  const prose = markdown.replaceAll(FENCE, '');
  const names = new Set(
    [...prose.matchAll(/`([\w$]+)(?:\([^`]*\))?`/g)].map(([, name = '']) => name),
  );
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? file;
  return { file, title, imports, names };
}
