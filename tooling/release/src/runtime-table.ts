import { readFileSync, writeFileSync } from 'node:fs';

/** The verdicts of the trials on one runtime. */
export interface Row {
  readonly runtime: string;
  readonly verdicts: readonly string[];
}

const [begin, end] = ['<!-- runtimes -->', '<!-- /runtimes -->'];

const words: Readonly<Record<string, string>> = { ok: 'yes', refused: 'refused' };

/**
 * Makes the table of the README.
 *
 * @param headings - of the trials
 * @param rows - a verdict for each of them
 * @returns Markdown
 */
export function runtimeTable(headings: readonly string[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...headings]),
    `|${'---|'.repeat(headings.length + 1)}`,
    ...rows.map(({ runtime, verdicts }) =>
      line([runtime, ...verdicts.map((verdict) => words[verdict] ?? 'no')]),
    ),
  ].join('\n');
}

/**
 * Compares the table of a README with one, or replaces it.
 *
 * @param file - the README
 * @param table - as {@link runtimeTable} makes it
 * @param write - replaces it
 * @throws Error if they differ, or if the README has no place for it
 */
export function checkRuntimeTable(file: string, table: string, write: boolean): void {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file} has no ${begin} … ${end}.`);
  const next = `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
  if (next === text) return;
  if (!write) throw new Error(`It differs; --write-readme writes this one:\n${table}`);
  writeFileSync(file, next);
}
