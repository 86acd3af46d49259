/** A fenced block of TypeScript in a page. */
export interface Block {
  /** Line of its first line of code, from 1. */
  line: number;
  code: string;
  /** False where the fence says `no-run`: it is checked and not run. */
  runs: boolean;
}

/**
 * Finds the TypeScript blocks of a Markdown page.
 *
 * @param markdown - the page's text
 * @returns its ```ts blocks in order
 */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let fence: { marker: string; indent: number; block: Block | undefined } | undefined;
  for (const [index, text] of markdown.split(/\r?\n/).entries()) {
    const [, space = '', marker, info = ''] = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(text) ?? [];
    if (!fence && marker) {
      const [language, ...flags] = info.trim().split(/\s+/);
      const isCode = language === 'ts' || language === 'typescript';
      const block = isCode
        ? { line: index + 2, code: '', runs: !flags.includes('no-run') }
        : undefined;
      if (block) blocks.push(block);
      fence = { marker, indent: space.length, block };
    } else if (fence && marker?.startsWith(fence.marker) && info === '') {
      fence = undefined;
    } else if (fence?.block) {
      // A block inside a list item is indented with it.
      fence.block.code += `${text.slice(Math.min(fence.indent, text.search(/\S|$/)))}\n`;
    }
  }
  return blocks;
}
