import { stripVTControlCharacters, styleText } from 'node:util';

/** The output of a command. */
export interface Output {
  /** Writes a string and a line break to standard output. */
  readonly print: (text: string) => void;
  /** Writes a string and a line break to standard error. */
  readonly complain: (text: string) => void;
  /** Whether to use colour. */
  readonly color: boolean;
  /** Width in columns, if the output is a terminal. */
  readonly columns: number | undefined;
}

/** A colour with a meaning. */
export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

/** One cell of a table. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

const STYLES = { good: 'green', bad: 'red', warn: 'yellow', dim: 'gray', strong: 'bold' } as const;

/** The output of this process: coloured on a terminal, unless NO_COLOR or FORCE_COLOR decides. */
export function processOutput(): Output {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0';
  const colors = ({ isTTY }: { isTTY?: boolean }) =>
    forced || (isTTY === true && !NO_COLOR && FORCE_COLOR !== '0');
  // Standard error may go to a file while standard output is a terminal.
  const plain = (text: string) => (colors(process.stderr) ? text : stripVTControlCharacters(text));
  return {
    print: (text) => process.stdout.write(`${text}\n`),
    complain: (text) => process.stderr.write(`${plain(text)}\n`),
    color: colors(process.stdout),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
}

/** Colours a string if the output has colour. */
export function paint(output: Output, tone: Tone, text: string): string {
  if (!output.color || text === '') return text;
  return styleText(STYLES[tone], text, { validateStream: false });
}

/**
 * Lays rows out in columns; the last column is cut to the terminal's width.
 *
 * @param head Names of the columns.
 * @param rows Cells, each with a colour if wanted.
 * @param output For colour and width.
 * @returns The lines of the table.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  output: Output,
): string {
  const cells = [head.map((text) => ({ text, tone: 'strong' as const })), ...rows].map((row) =>
    row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)),
  ) as { text: string; tone?: Tone }[][];
  const clean = cells.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const widths = head.map((_, column) =>
    Math.max(...clean.map((row) => row[column]?.text.length ?? 0)),
  );
  const room = lastColumn(widths, output.columns);
  return clean
    .map((row) =>
      row
        .map(({ text, tone }, column) => {
          const fitted =
            column === head.length - 1 ? cut(text, room) : text.padEnd(widths[column] ?? 0);
          return tone === undefined ? fitted : paint(output, tone, fitted);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Width that is left for the last column. */
function lastColumn(widths: readonly number[], columns: number | undefined): number {
  if (columns === undefined) return Number.POSITIVE_INFINITY;
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  return Math.max(20, columns - before);
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** Replaces the characters that would break a table or control a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern replaces control characters.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
