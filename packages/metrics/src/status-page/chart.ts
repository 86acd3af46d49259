import type { Chart } from './chart-data.ts';
import {
  escapeHtml,
  formatBytes,
  formatDollars,
  formatRate,
  formatRatio,
  formatSeconds,
} from './format.ts';

/** The size of a chart in its own units, and the milliseconds that it shows. */
export const CHART = { WIDTH: 300, HEIGHT: 60, SPAN_MS: 900_000 } as const;
const { WIDTH, HEIGHT, SPAN_MS } = CHART;

/**
 * Renders a line over the last 15 minutes as SVG, with the newest and the highest value as text. The
 * script of the page lets people read each point: `data-points` has its place and its value.
 */
export function chartHtml(chart: Chart, now: number): string {
  const points = chart.times
    .map((at, i) => ({ at, value: chart.values[i] ?? Number.NaN }))
    .filter(({ at }) => now - at <= SPAN_MS);
  const known = points.filter(({ value }) => Number.isFinite(value));
  const highest = known.reduce((max, { value }) => Math.max(max, value), 0);
  const scale = highest > 0 ? highest : 1;
  const x = (at: number): string => (WIDTH * (1 - (now - at) / SPAN_MS)).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - 2 - ((HEIGHT - 4) * Math.max(0, value)) / scale).toFixed(1);
  let path = '';
  let isDrawing = false;
  for (const { at, value } of points) {
    if (Number.isFinite(value)) path += `${isDrawing ? 'L' : 'M'}${x(at)} ${y(value)}`;
    isDrawing = Number.isFinite(value);
  }
  const newest = show(chart.unit, points.at(-1)?.value);
  const text = `${newest}, at most ${show(chart.unit, known.length === 0 ? undefined : highest)}`;
  const title = escapeHtml(chart.title);
  const id = `line-${chart.title.toLowerCase().replaceAll(/\W+/g, '-')}`;
  const read = known.map(({ at, value }) => `${x(at)} ${show(chart.unit, value)}`).join(';');
  return `<figure><figcaption>${title} <span>${text}</span></figcaption>
<svg id="${id}" data-now="${now}" data-points="${escapeHtml(read)}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title} over the last 15 minutes: now ${text}"><path class="base" d="M0 ${HEIGHT - 1}H${WIDTH}"/><path d="${path}"/><path class="cursor" d=""/></svg></figure>`;
}

function show(unit: Chart['unit'], value: number | undefined): string {
  switch (unit) {
    case 'seconds':
      return formatSeconds(value);
    case 'ratio':
      return formatRatio(value);
    case 'bytes':
      return formatBytes(value);
    case 'dollars per minute':
      return `${formatDollars(value)}/min`;
    case 'per minute':
      return `${formatRate(value)}/min`;
    default:
      return `${formatRate(value)}/s`;
  }
}
