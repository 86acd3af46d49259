import { type ScaleLogarithmic, scaleLog } from 'd3-scale';
import { symbol, symbolCircle, symbolDiamond, symbolSquare } from 'd3-shape';
import { figure, ratio } from '../report.ts';
import type { BenchRecord } from './records.ts';
import { element, image, label, wrap } from './svg.ts';

const WIDTH = 860;
const LABELS = { left: 16, width: 280 };
const PLOT = { left: 310, right: 640 };
const FIGURES = 656;
const LINE = 16;

const MARKS = {
  good: { shape: symbolCircle, words: 'ours costs less' },
  bad: { shape: symbolDiamond, words: 'ours costs more' },
  same: { shape: symbolSquare, words: 'no clear difference' },
};

/** Ours beside one other contender. */
interface Comparison {
  name: string;
  /** Our cost as a multiple of the other's; for a rate, the inverse of its ratio. */
  cost: number;
  /** The middle half of the rounds. */
  spread: readonly [number, number];
  verdict: keyof typeof MARKS;
  figures: string;
}

/** A chart, and the words that stand for it where it is not seen. */
export interface Chart {
  svg: string;
  alt: string;
}

/**
 * Draws what ours costs beside each other contender: one mark a contender on a logarithmic axis,
 * with the middle half of the rounds as a bar. Left of 1× ours is better, for every kind of figure.
 *
 * @param title - what the benches have in common
 * @param records - the benches; those without another contender are left out
 * @returns the chart; undefined if there is nothing to compare
 */
export function ratioChart(title: string, records: readonly BenchRecord[]): Chart | undefined {
  const groups = records.flatMap((record) => {
    const rows = comparisons(record);
    return rows.length === 0 ? [] : [{ record, rows }];
  });
  const all = groups.flatMap(({ rows }) => rows);
  if (all.length === 0) return undefined;
  const ends = all.flatMap(({ cost, spread }) => [cost, ...spread]);
  const x = scaleLog()
    .domain([Math.min(0.8, ...ends) * 0.9, Math.max(1.25, ...ends) * 1.1])
    .range([PLOT.left, PLOT.right]);

  const marks: string[] = [];
  let y = 78;
  for (const { record, rows } of groups) {
    y += 10;
    for (const line of wrap(heading(record), WIDTH - 2 * LABELS.left)) {
      marks.push(label(line, { class: 'head', x: LABELS.left, y }));
      y += LINE + 2;
    }
    for (const row of rows) {
      const lines = wrap(row.name, LABELS.width);
      for (const [index, line] of lines.entries()) {
        marks.push(label(line, { x: LABELS.left, y: y + index * LINE }));
      }
      const middle = y - 4 + ((lines.length - 1) * LINE) / 2;
      marks.push(...drawRow(row, x, middle));
      y += lines.length * LINE + 4;
    }
  }
  const height = y + 30;
  const counts = Object.entries(MARKS).map(
    ([verdict, { words }]) => `${words}: ${all.filter((row) => row.verdict === verdict).length}`,
  );
  const alt = `${title}: ours beside the others; ${counts.join(', ')}. The figures are in the table.`;
  const svg = image({ width: WIDTH, height }, title, describe(groups), [
    label(title, { class: 'title', x: LABELS.left, y: 24 }),
    ...legend(),
    ...axis(x, height),
    ...marks,
  ]);
  return { svg, alt };
}

function comparisons({ unit, better, contenders }: BenchRecord): Comparison[] {
  const [ours, ...others] = contenders;
  return others.flatMap(({ name, median, ratio: share, ratioSpread }) => {
    if (!ours || share === undefined || !ratioSpread) return [];
    const [low, high] = ratioSpread;
    const isRate = better === 'higher';
    const cost = isRate ? 1 / share : share;
    const spread = isRate ? ([1 / high, 1 / low] as const) : ([low, high] as const);
    const figures = `${figure(ours.median, unit)} : ${figure(median, unit)}`;
    if (![cost, ...spread].every((value) => Number.isFinite(value) && value > 0)) return [];
    return [{ name, cost, spread, verdict: verdictOf(spread), figures }];
  });
}

function verdictOf([low, high]: readonly [number, number]): keyof typeof MARKS {
  if (high < 1) return 'good';
  return low > 1 ? 'bad' : 'same';
}

function heading({ title, better }: BenchRecord): string {
  const words = title.replaceAll('`', '');
  return better === 'higher' ? `${words} (a rate: inverted here)` : words;
}

function drawRow(
  { cost, spread: [low, high], verdict, figures }: Comparison,
  x: (value: number) => number,
  y: number,
): string[] {
  const mark = symbol(MARKS[verdict].shape, 60)() ?? '';
  return [
    element('path', { class: `spread ${verdict}`, d: `M${at(x(low))},${y}H${at(x(high))}` }),
    element('path', { class: verdict, transform: `translate(${at(x(cost))},${y})`, d: mark }),
    label(`${ratio(cost)}`, { class: 'head', x: FIGURES, y: y + 4 }),
    label(figures, { class: 'quiet', x: FIGURES + 62, y: y + 4 }),
  ];
}

function legend(): string[] {
  let x = LABELS.left + 6;
  const keys = Object.entries(MARKS).flatMap(([verdict, { shape, words }]) => {
    const parts = [
      element('path', {
        class: verdict,
        transform: `translate(${x},43)`,
        d: symbol(shape, 60)() ?? '',
      }),
      label(words, { class: 'quiet', x: x + 12, y: 47 }),
    ];
    x += 150;
    return parts;
  });
  return [
    ...keys,
    label('bar: the middle half of the rounds', { class: 'quiet', x, y: 47 }),
    label('ours : other', { class: 'quiet', x: FIGURES + 62, y: 66 }),
  ];
}

function axis(x: ScaleLogarithmic<number, number>, height: number): string[] {
  const fine = x.ticks().filter((tick) => /^[125]/.test(leading(tick)));
  const ticks = fine.length <= 7 ? fine : fine.filter((tick) => leading(tick).startsWith('1'));
  return ticks.flatMap((tick) => {
    const place = x(tick);
    const words = `${Number(tick.toPrecision(1))}×`;
    return [
      element('path', {
        class: tick === 1 ? 'one' : 'grid',
        d: `M${at(place)},72V${height - 24}`,
      }),
      label(words, { class: 'quiet', x: place, y: 66, 'text-anchor': 'middle' }),
      label(words, { class: 'quiet', x: place, y: height - 10, 'text-anchor': 'middle' }),
    ];
  });
}

function leading(value: number): string {
  return value.toExponential(1);
}

function at(value: number): string {
  return value.toFixed(1);
}

function describe(groups: readonly { record: BenchRecord; rows: Comparison[] }[]): string {
  return groups
    .map(({ record, rows }) => {
      const parts = rows.map(({ name, cost }) => `${ratio(cost)} of ${name}`);
      return `${heading(record)}: ours costs ${parts.join(', ')}.`;
    })
    .join(' ');
}
