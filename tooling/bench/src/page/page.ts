import { doubt, figure, percent, ratio } from '../report.ts';
import { curveChart, seriesOf } from './curve-chart.ts';
import { ratioChart } from './ratio-chart.ts';
import type { BenchRecord } from './records.ts';

/** A page with its charts. */
export interface Written {
  page: string;
  /** SVG by file name, to be put into `charts/` beside the page. */
  charts: Record<string, string>;
}

/**
 * Writes records into a page: each package's charts and tables go between `<!-- bench:name -->` and
 * `<!-- /bench:name -->`. Packages without a record keep theirs.
 *
 * @param page - the page's text
 * @param records - what was measured
 * @returns the new text, and the charts it shows
 * @throws Error for a package that the page has no place for
 */
export function writePage(page: string, records: readonly BenchRecord[]): Written {
  checkPlaces(
    page,
    records.map(({ name }) => packageOf(name)),
  );
  const charts: Record<string, string> = {};
  let text = page;
  for (const [name, benches] of Map.groupBy(records, (record) => packageOf(record.name))) {
    const section = sectionOf(name, benches, charts);
    text = text.replace(placeOf(name), (_, begin: string, end: string) =>
      [begin, ...section, end].join('\n\n'),
    );
  }
  return { page: text, charts };
}

/**
 * Shows that a page has a place for each package, before anything is measured for it.
 *
 * @param page - the page's text
 * @param packages - names of packages
 * @throws Error for a package that the page has no place for
 */
export function checkPlaces(page: string, packages: readonly string[]): void {
  for (const name of packages) {
    if (!placeOf(name).test(page)) throw new Error(`the page has no <!-- bench:${name} -->`);
  }
}

function packageOf(bench: string): string {
  return bench.split('/')[0] ?? '';
}

function placeOf(name: string): RegExp {
  return new RegExp(`(<!-- bench:${name} -->)[\\s\\S]*?(<!-- /bench:${name} -->)`);
}

function sectionOf(
  name: string,
  benches: readonly BenchRecord[],
  charts: Record<string, string>,
): string[] {
  const plain = benches.filter(({ curve }) => curve === undefined);
  const chart = ratioChart(`@map/${name}: our cost as a multiple of the others'`, plain);
  if (chart) charts[`${name}.svg`] = chart.svg;
  const curves = Map.groupBy(
    benches.filter(({ curve }) => curve !== undefined),
    ({ curve }) => curve?.name ?? '',
  );
  const drawn = [...curves].flatMap(([curve, points]) => {
    const { svg, alt } = curveChart(points) ?? {};
    if (svg === undefined) return [];
    charts[`${name}-${curve}.svg`] = svg;
    return [{ points, link: `![${alt}](charts/${name}-${curve}.svg)` }];
  });
  return [
    ...(chart ? [`![${chart.alt}](charts/${name}.svg)`] : []),
    ...(plain.length > 0 ? [table(plain).join('\n')] : []),
    ...(drawn.length > 0 ? ['How it grows:', drawn.map(({ link }) => link).join('\n')] : []),
    ...drawn.map(({ points }) => curveTable(points).join('\n')),
    machines(benches),
  ];
}

function table(benches: readonly BenchRecord[]): string[] {
  return [
    '| | Ours | Others, and ours as a multiple of theirs | Goal |',
    '|---|---|---|---|',
    ...benches.map((bench) => row(cells(bench))),
  ];
}

function cells({ title, unit, better, contenders, goals }: BenchRecord): string[] {
  const [ours, ...others] = contenders;
  return [
    better === 'higher' ? `${title} (more is better)` : title,
    figure(ours?.median ?? Number.NaN, unit),
    others
      .map((other) => {
        const { name, median, ratio: share = Number.NaN } = other;
        return `${name} ${figure(median, unit)}: **${ratio(share)}** ${doubt(other)}`;
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
  ];
}

function curveTable(points: readonly BenchRecord[]): string[] {
  const [{ curve, unit } = { curve: undefined, unit: '' }] = points;
  const series = seriesOf(points);
  const sizes = series[0]?.points.map(({ size }) => size.toLocaleString('en')) ?? [];
  return [
    row([`${curve?.title}, by ${curve?.by}`, ...sizes]),
    `|---|${sizes.map(() => '---|').join('')}`,
    ...series.map(({ name, points: own }) =>
      row([
        name,
        ...own.map(
          ({ median, p25, p75 }) => `${figure(median, unit)} ±${percent((p75 - p25) / 2 / median)}`,
        ),
      ]),
    ),
  ];
}

function row(texts: readonly string[]): string {
  const escaped = texts.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' '));
  return `| ${escaped.join(' | ')} |`;
}

function machines(benches: readonly BenchRecord[]): string {
  const rounds = benches.map((bench) => bench.rounds);
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
  const counted = least === most ? `${least}` : `${least} to ${most}`;
  const where = [...new Set(benches.map(({ machine }) => machine))].join('; ');
  return `Measured with ${where}; ${counted} rounds a bench.`;
}
