import type { Chart } from './chart-data.ts';
import { displayUnit, escapeHtml, formatReading } from './format.ts';

/** The milliseconds that a line shows. */
const SPAN_MS = 900_000;

/**
 * Renders a line over the last 15 minutes with the newest and the highest value. The script of the page
 * replaces the picture by a plot of `data-values`, which are in the unit `data-unit`.
 */
export function chartHtml({ title, unit, times, values }: Chart, now: number): string {
  const known = values
    .map((value, i) => ({ value, age: now - (times[i] ?? 0) }))
    .filter(({ value, age }) => Number.isFinite(value) && age <= SPAN_MS);
  const highest = Math.max(0, ...known.map(({ value }) => value));
  const { factor, suffix } = displayUnit(unit, highest);
  const show = (value = Number.NaN) => formatReading(value * factor, suffix);
  const points = known.map(
    ({ value, age }) => `${Math.round(age / -1000)},${(1 - value / (highest || 1)).toFixed(3)}`,
  );
  const text = `${show(values.at(-1))}, at most ${show(known.length > 0 ? highest : undefined)}`;
  const id = `line-${title.toLowerCase().replaceAll(/\W+/g, '-')}`;
  const read = JSON.stringify(values.map((value) => Number((value * factor).toPrecision(5))));
  return `<figure id="${id}" data-unit="${suffix}" data-values="${read}"><figcaption>${escapeHtml(title)} <span>${text}</span></figcaption><svg viewBox="-900 -.05 900 1.1" preserveAspectRatio="none" aria-hidden="true"><polyline points="${points.join(' ')}"/></svg></figure>`;
}
