import { type Program, parseSync, visitorKeys } from 'oxc-parser';

/** A piece of English, and where it stands. */
export interface Prose {
  /** Line of its first character, from 1. */
  line: number;
  text: string;
  /** `message` is a string of the code; `text` is a comment or a part of a page. */
  kind: 'text' | 'message';
}

/**
 * Collects the comments and the messages of a source file.
 *
 * @param file - its name, which says how to parse it
 * @param code - its content
 * @returns each comment without its markers, and each string that has at least three words
 */
export function proseOfSource(file: string, code: string): Prose[] {
  const { comments, program } = parseSync(file, code);
  const lineAt = (offset: number): number => code.slice(0, offset).split('\n').length;
  const found: Prose[] = [];
  // A run of line comments is one text.
  let previous: { prose: Prose; end: number } | undefined;
  for (const { type, value, start, end } of comments) {
    if (type === 'Line' && previous && /^\n\s*$/.test(code.slice(previous.end, start))) {
      previous.prose.text += `\n${value}`;
      previous.end = end;
      continue;
    }
    const prose: Prose = { line: lineAt(start), text: value, kind: 'text' };
    found.push(prose);
    previous = type === 'Line' ? { prose, end } : undefined;
  }
  for (const prose of found) prose.text = plain(prose.text.replaceAll(/^[ \t]*\*? ?/gm, ''));
  for (const { start, text } of stringsOf(program)) {
    if (text.trim().split(/\s+/).length < 3) continue;
    found.push({ line: lineAt(start), text, kind: 'message' });
  }
  return found;
}

/**
 * Collects the prose of a Markdown page.
 *
 * @param markdown - the page
 * @returns its paragraphs, list items and table cells, without code
 */
export function proseOfPage(markdown: string): Prose[] {
  const found: Prose[] = [];
  let fence: string | undefined;
  let paragraph: Prose | undefined;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const marker = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (marker !== undefined && (fence === undefined || marker.startsWith(fence))) {
      fence = fence === undefined ? marker : undefined;
      paragraph = undefined;
    } else if (fence !== undefined) {
    } else if (/^\s*$/.test(line)) {
      paragraph = undefined;
    } else if (/^\s*\|/.test(line)) {
      paragraph = undefined;
      for (const cell of line.split(/(?<!\\)\|/)) {
        found.push({ line: index + 1, text: plain(cell), kind: 'text' });
      }
    } else if (paragraph === undefined || /^\s*([-*>#]|\d+\.)/.test(line)) {
      paragraph = { line: index + 1, text: plain(line), kind: 'text' };
      found.push(paragraph);
    } else {
      paragraph.text += ` ${plain(line)}`;
    }
  }
  return found;
}

/** Leaves code, links and examples out; a name in code counts as one word. */
function plain(text: string): string {
  return text
    .replaceAll(/```[\s\S]*?```/g, '')
    .replaceAll(/`[^`\n]+`/g, 'CODE')
    .replaceAll(/\{@link\s+(\S+?)\}/g, '$1')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/https?:\S+/g, 'LINK');
}

function stringsOf(program: Program): { start: number; text: string }[] {
  const found: { start: number; text: string }[] = [];
  const walk = (node: Node): void => {
    if (node.type === 'Literal' && typeof node['value'] === 'string') {
      found.push({ start: node.start, text: node['value'] });
    }
    if (node.type === 'TemplateLiteral') {
      const quasis = node['quasis'] as { value: { cooked?: string | null } }[];
      const text = quasis.map(({ value }) => value.cooked ?? '').join('VALUE');
      found.push({ start: node.start, text });
    }
    for (const key of visitorKeys[node.type] ?? []) {
      for (const child of [node[key]].flat()) if (child) walk(child as Node);
    }
  };
  walk(program as unknown as Node);
  return found;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}
