import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale';
import {
  line,
  type SymbolType,
  symbol,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
  symbolWye,
} from 'd3-shape';
import { figure } from '../report.ts';
import type { Chart } from './ratio-chart.ts';
import type { BenchRecord } from './records.ts';
import { element, image, label } from './svg.ts';

const SIZE = { width: 420, height: 270 };
const PLOT = { left: 66, right: 252, top: 48, bottom: 220 };
const SHAPES: SymbolType[] = [symbolCircle, symbolDiamond, symbolSquare, symbolTriangle, symbolWye];
/** From this ratio of the largest to the smallest figure on, a linear axis hides the small ones. */
const LOGARITHMIC_FROM = 12;

/** One contender's figures at each size. */
interface Series {
  name: string;
  points: { size: number; median: number; p25: number; p75: number }[];
}

/**
 * Collects the points of a curve.
 *
 * @param records - the benches of one curve
 * @returns a series for each contender, in the order of the benches
 */
export function seriesOf(records: readonly BenchRecord[]): Series[] {
  const names = new Set(records.flatMap(({ contenders }) => contenders.map(({ name }) => name)));
  return [...names].map((name) => ({
    name,
    points: records
      .flatMap(({ curve, contenders }) => {
        const found = contenders.find((contender) => contender.name === name);
        return curve && found ? [{ ...found, size: curve.at }] : [];
      })
      .sort((a, b) => a.size - b.size),
  }));
}

/**
 * Draws how a figure grows with a size: one line a contender, with the middle half of the rounds at
 * each point.
 *
 * @param records - the benches of one curve
 * @returns the chart; undefined without a point
 */
export function curveChart(records: readonly BenchRecord[]): Chart | undefined {
  const [first] = records;
  const series = seriesOf(records);
  const points = series.flatMap((one) => one.points);
  if (!first?.curve || points.length === 0) return undefined;
  const { title, by } = first.curve;
  const { unit } = first;
  const sizes = [...new Set(points.map(({ size }) => size))].sort((a, b) => a - b);
  const low = Math.min(...points.map(({ p25 }) => p25));
  const high = Math.max(...points.map(({ p75 }) => p75));
  const isLog = high / low > LOGARITHMIC_FROM;
  const x = scaleLog()
    .domain([sizes[0] ?? 1, sizes.at(-1) ?? 1])
    .range([PLOT.left + 12, PLOT.right - 8]);
  const y = (isLog ? scaleLog().domain([low, high]) : scaleLinear().domain([0, high]))
    .range([PLOT.bottom, PLOT.top])
    .nice();

  const places = spreadOut(series.map(({ points: own }) => y(own.at(-1)?.median ?? low)));
  const svg = image(SIZE, title, describe(series, unit, by), [
    label(title, { class: 'title', x: 12, y: 22 }),
    ...yAxis(y, unit, isLog),
    ...sizes.map((size) =>
      label(size.toLocaleString('en'), {
        class: 'quiet',
        x: x(size),
        y: PLOT.bottom + 18,
        'text-anchor': 'middle',
      }),
    ),
    label(by, {
      class: 'quiet',
      x: (PLOT.left + PLOT.right) / 2,
      y: PLOT.bottom + 38,
      'text-anchor': 'middle',
    }),
    ...series.flatMap((one, index) => drawSeries(one, index, x, y, places[index] ?? 0)),
  ]);
  return { svg, alt: `${title}. The figures are in the table below.` };
}

function drawSeries(
  { name, points }: Series,
  index: number,
  x: (size: number) => number,
  y: (value: number) => number,
  labelAt: number,
): string[] {
  const n = index % SHAPES.length;
  const path = line<(typeof points)[number]>(
    ({ size }) => x(size),
    ({ median }) => y(median),
  ).digits(1);
  const mark = symbol(SHAPES[n], 44).digits(2)() ?? '';
  return [
    element('path', { class: `line s${n}`, d: path(points) ?? '' }),
    ...points.flatMap(({ size, median, p25, p75 }) => [
      element('path', {
        class: `spread s${n}`,
        d: `M${x(size).toFixed(1)},${y(p25).toFixed(1)}V${y(p75).toFixed(1)}`,
      }),
      element('path', {
        class: `m${n}`,
        transform: `translate(${x(size).toFixed(1)},${y(median).toFixed(1)})`,
        d: mark,
      }),
    ]),
    element('path', {
      class: `m${n}`,
      transform: `translate(${PLOT.right + 8},${labelAt})`,
      d: mark,
    }),
    label(name, { x: PLOT.right + 18, y: labelAt + 4 }),
  ];
}

function yAxis(y: ScaleContinuousNumeric<number, number>, unit: string, isLog: boolean): string[] {
  const all = y.ticks(4);
  const whole = all.filter((tick) => tick.toExponential(0).startsWith('1'));
  const ticks = isLog && all.length > 6 && whole.length > 1 ? whole : all;
  return [
    ...ticks.flatMap((tick) => [
      element('path', { class: 'grid', d: `M${PLOT.left},${y(tick).toFixed(1)}H${PLOT.right}` }),
      label(tick === 0 ? '0' : figure(tick, unit), {
        class: 'quiet',
        x: PLOT.left - 6,
        y: y(tick) + 4,
        'text-anchor': 'end',
      }),
    ]),
    label(isLog ? 'logarithmic scale' : '', { class: 'quiet', x: PLOT.left, y: PLOT.top - 8 }),
  ];
}

/** Moves labels apart, so that none covers another; each stays as near as possible to its place. */
function spreadOut(places: readonly number[], gap = 16): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  const moved: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  const room = PLOT.bottom - (order.length - 1) * gap;
  for (const [rank, { place, index }] of order.entries()) {
    last = Math.min(Math.max(place, last + gap), room + rank * gap);
    moved[index] = last;
  }
  return moved;
}

function describe(series: readonly Series[], unit: string, by: string): string {
  return series
    .map(({ name, points }) => {
      const parts = points.map(
        ({ size, median }) => `${figure(median, unit)} at ${size.toLocaleString('en')}`,
      );
      return `${name}: ${parts.join(', ')} ${by}.`;
    })
    .join(' ');
}
