import { boundsOf } from '../instruments/definition.ts';
import { ACTIVITIES } from './figures.ts';
import type { Unit } from './format.ts';
import type { Timeline } from './history.ts';
import { increaseOver, quantile, ratesOf } from './rate.ts';

/** A line over the last 15 minutes. */
export interface Chart {
  readonly title: string;
  readonly unit: Unit;
  /** Unix times in milliseconds, oldest first. */
  readonly times: readonly number[];
  /** The values; NaN where a value is missing. */
  readonly values: readonly number[];
}

/** The window of a quantile in milliseconds. */
const WINDOW_MS = 60_000;

/** Returns the lines: the process always, the others once there is something to show. */
export function chartsOf(timeline: Timeline): Chart[] {
  const times = timeline.times.slice(1);
  const rate = (key: string, factor = 1) => ratesOf(timeline, key).map((value) => value * factor);
  const gauge = (key: string) => (timeline.values(key) ?? []).slice(1);
  const work: Chart[] = ACTIVITIES.flatMap(({ key, title, histogram }) => [
    { title, unit: '/s', times, values: rate(`${key}.total`) },
    {
      title: `${title}, p95`,
      unit: 'seconds',
      times,
      values: quantiles(timeline, key, boundsOf(histogram)),
    },
  ]);
  const rest: Chart[] = [
    { title: 'Tokens', unit: '/min', times, values: rate('tokens', 60) },
    { title: 'Cost', unit: ' $/min', times, values: rate('cost', 60) },
    { title: 'Errors', unit: '/min', times, values: rate('errors', 60) },
  ];
  return [
    ...[...work, ...rest].filter(({ values }) => values.some((value) => value > 0)),
    { title: 'Event loop busy', unit: 'ratio', times, values: gauge('loop') },
    { title: 'Resident memory', unit: 'bytes', times, values: gauge('rss') },
  ];
}

/** The 95th percentile of the minute before each point. */
function quantiles(timeline: Timeline, key: string, bounds: readonly number[]): number[] {
  const values = (timeline.values(`${key}.total`) ?? []).slice(1);
  if (!values.some((value) => value > 0)) return [];
  const series = [...bounds, 0].map((_, i) => timeline.values(`${key}.le.${i}`));
  const buckets: Timeline = {
    times: timeline.times,
    values: (index) => series[Number(index)],
  };
  return values.map((_, i) => {
    const counts = series.map(
      (_values, bucket) => increaseOver(buckets, `${bucket}`, WINDOW_MS, i + 1)?.amount ?? 0,
    );
    return quantile(0.95, bounds, counts) ?? Number.NaN;
  });
}
