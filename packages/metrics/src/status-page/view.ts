import { boundsOf } from '../instruments/definition.ts';
import { type Chart, chartsOf } from './chart-data.ts';
import { type ConnectionRow, connectionRows } from './connection-rows.ts';
import { type ErrorRow, errorRows, type LastError, lastErrors } from './error-rows.ts';
import { type EventRow, eventRows } from './event-rows.ts';
import { ACTIVITIES, type Activity } from './figures.ts';
import type { Unit } from './format.ts';
import type { Figures, Timeline } from './history.ts';
import { type ModelRow, modelRows } from './model-rows.ts';
import type { ErrorUrl, PageSetting } from './options.ts';
import { increaseOver, quantile } from './rate.ts';
import type { Snapshot } from './snapshot.ts';

/** The window of rates and quantiles in milliseconds. */
export const WINDOW_MS = 60_000;

/** The health of the process as the page shows it. */
export interface HealthView {
  readonly status: string;
  readonly reason: string | undefined;
  readonly checks: readonly CheckView[];
}

/** One check. */
export interface CheckView {
  readonly name: string;
  readonly status: string;
  readonly durationMs: number | undefined;
  readonly errorType: string | undefined;
}

/** A kind of work. A figure that is not known is undefined. */
export interface ActivityView {
  readonly key: string;
  readonly title: string;
  readonly total: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly perSecond: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** A named figure with its unit. */
export interface Stat {
  readonly title: string;
  readonly value: number | undefined;
  readonly unit: Unit | 'count';
}

/** Everything that the page shows, as data. */
export interface StatusView {
  readonly at: number;
  readonly enabled: boolean;
  readonly version: string;
  readonly prefix: string;
  readonly health: HealthView;
  readonly activities: readonly ActivityView[];
  readonly models: readonly ModelRow[];
  readonly errors: readonly ErrorRow[];
  readonly lastErrors: readonly LastError[];
  readonly events: readonly EventRow[];
  readonly connections: readonly ConnectionRow[];
  readonly process: readonly Stat[];
  readonly charts: readonly Chart[];
  readonly metrics: readonly MetricRow[];
  /** The settings; undefined if the page shows none. */
  readonly settings: readonly PageSetting[] | undefined;
}

/** A metric of the list at the end of the page. */
export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly series: number;
  readonly help: string;
}

/** The input of a view. */
export interface ViewInput {
  readonly snapshot: Snapshot;
  readonly figures: Figures;
  readonly timeline: Timeline;
  readonly health: HealthView;
  readonly at: number;
  readonly enabled: boolean;
  readonly version: string;
  readonly prefix: string;
  readonly settings?: readonly PageSetting[] | undefined;
  readonly errorUrl?: ErrorUrl | undefined;
}

/** Makes the data of the page from the metrics of one moment and their history. */
export function makeView(input: ViewInput): StatusView {
  const { snapshot, figures, timeline, health, at, enabled, version, prefix } = input;
  return {
    at,
    enabled,
    version,
    prefix,
    health,
    activities: ACTIVITIES.map((activity) => activityView(activity, figures, timeline)),
    models: modelRows(snapshot, timeline),
    errors: errorRows(snapshot, timeline, input.errorUrl),
    lastErrors: lastErrors(snapshot),
    events: eventRows(snapshot, timeline),
    connections: connectionRows(snapshot),
    settings: input.settings,
    process: processStats(snapshot, figures),
    charts: chartsOf(timeline),
    metrics: snapshot.instruments
      .map(({ name, type, series, help }) => ({
        name: prefix + name,
        type,
        series: series.length,
        help,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function activityView(
  { key, title, histogram }: Activity,
  figures: Figures,
  timeline: Timeline,
): ActivityView {
  const rate = increaseOver(timeline, `${key}.total`, WINDOW_MS);
  const bounds = boundsOf(histogram);
  const counts = [...bounds, Number.POSITIVE_INFINITY].map(
    (_, i) => increaseOver(timeline, `${key}.le.${i}`, WINDOW_MS)?.amount ?? 0,
  );
  return {
    key,
    title,
    total: figures.get(`${key}.total`) ?? 0,
    failed: figures.get(`${key}.failed`) ?? 0,
    inFlight: figures.get(`${key}.inFlight`) ?? 0,
    perSecond: rate === undefined ? undefined : rate.amount / rate.seconds,
    p50: quantile(0.5, bounds, counts),
    p95: quantile(0.95, bounds, counts),
  };
}

function processStats(snapshot: Snapshot, figures: Figures): Stat[] {
  return [
    { title: 'Event loop busy', value: figures.get('loop'), unit: 'ratio' },
    {
      title: 'Event loop delay, p99',
      value: snapshot.process('nodejs_eventloop_lag_p99_seconds'),
      unit: 'seconds',
    },
    { title: 'Resident memory', value: figures.get('rss'), unit: 'bytes' },
    {
      title: 'Heap in use',
      value: snapshot.process('nodejs_heap_size_used_bytes'),
      unit: 'bytes',
    },
    {
      title: 'Heap size',
      value: snapshot.process('nodejs_heap_size_total_bytes'),
      unit: 'bytes',
    },
    { title: 'Open files', value: snapshot.process('process_open_fds'), unit: 'count' },
  ];
}
