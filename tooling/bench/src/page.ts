import { figure, ratio } from './report.ts';
import type { BenchResult } from './result.ts';

/**
 * Writes results into a page: each package's table goes between `<!-- bench:name -->` and
 * `<!-- /bench:name -->`. Packages without a result keep theirs.
 *
 * @param page - the page's text
 * @param results - what was measured
 * @param machine - where: a sentence below each table
 * @returns the new text
 * @throws Error for a package that the page has no place for
 */
export function writeTables(page: string, results: BenchResult[], machine: string): string {
  const packages = Map.groupBy(results, ({ name }) => name.split('/')[0] ?? '');
  let text = page;
  for (const [name, benches] of packages) {
    const place = new RegExp(`(<!-- bench:${name} -->)[\\s\\S]*?(<!-- /bench:${name} -->)`);
    if (!place.test(text)) throw new Error(`the page has no <!-- bench:${name} -->`);
    text = text.replace(place, (_, begin: string, end: string) =>
      [begin, '', ...table(benches), '', machine, '', end].join('\n'),
    );
  }
  return text;
}

function table(benches: BenchResult[]): string[] {
  return [
    '| | Ours | Others, and ours as a multiple of theirs | Goal |',
    '|---|---|---|---|',
    ...benches.map((bench) => `| ${cells(bench).join(' | ').replaceAll('\n', ' ')} |`),
  ];
}

function cells({ title, unit, better, contenders, goals }: BenchResult): string[] {
  const [ours, ...others] = contenders;
  return [
    better === 'higher' ? `${title} (more is better)` : title,
    figure(ours?.median ?? Number.NaN, unit),
    others
      .map(({ name, median, ratio: share = Number.NaN }) => {
        return `${name} ${figure(median, unit)}: **${ratio(share)}**`;
      })
      .join('<br>'),
    goals
      .map(({ of, against, atMost, atLeast, met }) => {
        const bound = atMost ?? atLeast ?? Number.NaN;
        const limit = against === undefined ? figure(bound, unit) : `${ratio(bound)} ${against}`;
        const who = of === undefined || of === ours?.name ? '' : `${of}: `;
        return `${who}${atMost === undefined ? '≥' : '≤'} ${limit}, ${met ? 'met' : '**missed**'}`;
      })
      .join('<br>'),
  ].map((text) => text.replaceAll('|', '\\|'));
}
