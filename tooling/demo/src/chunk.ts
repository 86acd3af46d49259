/** A piece of a Markdown document, small enough for one question to a model. */
export interface Chunk {
  /** Path of the document, relative to the repository. */
  readonly document: string;
  /** Number of the piece within its document, from 1. */
  readonly number: number;
  /** Titles of the headings above it, outermost first. */
  readonly headings: readonly string[];
  /** First line in the document, from 1. */
  readonly line: number;
  readonly text: string;
}

interface Section {
  readonly headings: readonly string[];
  readonly blocks: Block[];
}

interface Block {
  readonly line: number;
  readonly text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;

/**
 * Cuts a Markdown document at its headings and, where a section is long, between its blocks.
 * A fenced block is never cut, so a piece may be longer than the limit when a single block is.
 * @param document Path that the chunks carry.
 * @param markdown The document's text.
 * @param limitCharacters The length at which a section is cut.
 */
export function chunkMarkdown(document: string, markdown: string, limitCharacters = 1200): Chunk[] {
  const chunks: Chunk[] = [];
  for (const { headings, blocks } of sectionsOf(markdown)) {
    for (const piece of gather(blocks, limitCharacters)) {
      chunks.push({ document, number: chunks.length + 1, headings, ...piece });
    }
  }
  return chunks;
}

function sectionsOf(markdown: string): Section[] {
  const sections: Section[] = [];
  const path: string[] = [];
  let section: Section = { headings: [], blocks: [] };
  for (const block of blocksOf(markdown)) {
    const heading = HEADING.exec(block.text);
    if (heading?.[1] !== undefined && !block.text.includes('\n')) {
      sections.push(section);
      path.length = Math.min(path.length, heading[1].length - 1);
      path.push(plain(heading[2] ?? ''));
      section = { headings: [...path], blocks: [] };
    } else {
      section.blocks.push(block);
    }
  }
  sections.push(section);
  return sections;
}

/** Splits at blank lines and headings; what stands between two fences stays together. */
function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let open: string[] = [];
  let start = 1;
  let fence: string | undefined;
  const close = (): void => {
    if (open.length > 0) blocks.push({ line: start, text: open.join('\n') });
    open = [];
  };
  for (const [index, line] of lines.entries()) {
    if (fence === undefined && (line.trim() === '' || HEADING.test(line))) {
      close();
      if (line.trim() !== '') blocks.push({ line: index + 1, text: line });
      continue;
    }
    if (open.length === 0) start = index + 1;
    open.push(line);
    const mark = FENCE.exec(line)?.[1];
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
  }
  close();
  return blocks;
}

function gather(blocks: readonly Block[], limitCharacters: number): Block[] {
  const pieces: Block[] = [];
  for (const block of blocks) {
    const last = pieces.at(-1);
    if (last === undefined || last.text.length + block.text.length > limitCharacters) {
      pieces.push(block);
    } else {
      pieces[pieces.length - 1] = { line: last.line, text: `${last.text}\n\n${block.text}` };
    }
  }
  return pieces;
}

function plain(heading: string): string {
  return heading
    .replaceAll(/[`*_]/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim();
}
