import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Block, blocksOf } from './blocks.ts';

/** A block with the page it stands on. */
export interface PageBlock extends Block {
  /** Path from the repository's root. */
  page: string;
}

export const repository: string = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Collects the code blocks of the README files and of everything under `docs/`.
 *
 * @param root - the repository's root
 * @returns all blocks, in order of pages
 */
export function pageBlocks(root: string = repository): PageBlock[] {
  const patterns = ['README.md', '{packages,tooling}/*/README.md', 'docs/**/*.md'];
  return globSync(patterns, { cwd: root })
    .sort()
    .flatMap((page) =>
      blocksOf(readFileSync(join(root, page), 'utf8')).map((block) => ({ page, ...block })),
    );
}
