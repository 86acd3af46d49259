import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import type { Figures } from './history.ts';
import { type Row, type Snapshot, sum } from './snapshot.ts';

/** A kind of work that the page shows with rate, failures, number in flight and duration. */
export interface Activity {
  readonly key: string;
  readonly title: string;
  readonly counter: MetricDefinition;
  readonly histogram: MetricDefinition;
  readonly inFlight: MetricDefinition;
}

const { agent, connection, http, llm, self, task, tool } = CATALOGUE;

/** The kinds of work, in the order of the page. */
export const ACTIVITIES: readonly Activity[] = [
  {
    key: 'tasks',
    title: 'Tasks',
    counter: task.completed,
    histogram: task.duration,
    inFlight: task.inProgress,
  },
  {
    key: 'agents',
    title: 'Agent steps',
    counter: agent.operations,
    histogram: agent.duration,
    inFlight: agent.active,
  },
  {
    key: 'models',
    title: 'Model calls',
    counter: llm.requests,
    histogram: llm.duration,
    inFlight: llm.inFlight,
  },
  {
    key: 'tools',
    title: 'Tool executions',
    counter: tool.executions,
    histogram: tool.duration,
    inFlight: tool.inFlight,
  },
  {
    key: 'requests',
    title: 'HTTP requests',
    counter: http.requests,
    histogram: http.duration,
    inFlight: http.inFlight,
  },
];

/** The counters of errors with the label `error_type`, and what failed. */
export const ERROR_COUNTERS: readonly {
  readonly where: string;
  readonly metric: MetricDefinition;
}[] = [
  { where: 'model', metric: llm.errors },
  { where: 'agent', metric: agent.errors },
  { where: 'tool', metric: tool.errors },
  { where: 'task', metric: task.failures },
  { where: 'connection', metric: connection.errors },
];

/** Counters whose series are shown one by one, with a key for their history. */
export const EVENTS: readonly { readonly title: string; readonly metric: MetricDefinition }[] = [
  { title: 'Model retry', metric: llm.retries },
  { title: 'Fallback', metric: llm.fallbacks },
  { title: 'Task retry', metric: task.retries },
  { title: 'Stalled task', metric: task.stalled },
  { title: 'Wait for a connection timed out', metric: connection.timeouts },
  { title: 'Measurement without its own series', metric: self.overflow },
  { title: 'Measurement rejected', metric: self.rejected },
];

/** Statuses of work that did not fail. */
const WELL = new Set(['', 'success', 'ok', 'completed', 'cancelled', 'interrupted']);

/** Figures that are measured in the process and not read from metrics. */
export interface ProcessFigures {
  /** Share of time that the event loop was busy, from 0 to 1. */
  readonly loop: number;
  /** Resident memory in bytes. */
  readonly rss: number;
}

/**
 * Reduces the metrics of one moment to the figures that have a history.
 *
 * @param own Figures of this process; those of all workers by default.
 */
export function measure(snapshot: Snapshot, own?: ProcessFigures): Figures {
  const figures = new Map<string, number>();
  const add = (key: string, value: number): void => {
    figures.set(key, (figures.get(key) ?? 0) + value);
  };
  add('loop', own?.loop ?? sum(snapshot.rows(self.utilization).map(({ value }) => value)));
  add('rss', own?.rss ?? snapshot.process('process_resident_memory_bytes') ?? 0);
  for (const activity of ACTIVITIES) {
    const { key } = activity;
    const { total, failed, inFlight, counts } = workOf(snapshot, activity);
    add(`${key}.total`, total);
    add(`${key}.failed`, failed);
    add(`${key}.inFlight`, inFlight);
    for (const [i, count] of counts.entries()) add(`${key}.le.${i}`, count);
  }
  for (const { labels, value } of snapshot.rows(llm.tokens)) {
    add(`model.${labels['type']}.${modelOf(labels)}`, value);
    add('tokens', value);
  }
  for (const { labels, value } of snapshot.rows(llm.cost)) {
    add(`model.cost.${modelOf(labels)}`, value);
    add('cost', value);
  }
  for (const { where, metric } of ERROR_COUNTERS) {
    for (const { labels, value } of snapshot.rows(metric)) {
      add(`error.${where}.${labels['error_type']}`, value);
      add('errors', value);
    }
  }
  for (const { metric } of EVENTS) {
    for (const { labels, value } of snapshot.rows(metric)) add(eventKey(metric, labels), value);
  }
  return figures;
}

/** The totals of a kind of work. */
interface Work {
  readonly total: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Number of durations in each bucket. */
  readonly counts: readonly number[];
}

/** Adds up the series of a kind of work. The durations count the work if its counter is unused. */
function workOf(snapshot: Snapshot, { counter, histogram, inFlight }: Activity): Work {
  const counted = snapshot.rows(counter);
  const timed = snapshot.rows(histogram);
  const ended = counted.length > 0 ? counted : timed;
  const counts: number[] = [];
  for (const row of timed) {
    for (const [i, count] of row.counts.entries()) counts[i] = (counts[i] ?? 0) + count;
  }
  const total = (rows: readonly Row[]): number => sum(rows.map(({ value }) => value));
  return {
    total: total(ended),
    failed: total(ended.filter(({ labels }) => hasFailed(labels))),
    inFlight: total(snapshot.rows(inFlight)),
    counts,
  };
}

/** The name of a model, with its provider. */
export function modelOf({ provider, model }: Readonly<Record<string, string>>): string {
  return [provider, model].filter(Boolean).join(' / ') || 'unknown';
}

/** The key of one series of an event. */
export function eventKey({ name }: MetricDefinition, labels: Row['labels']): string {
  return `event.${name}.${Object.values(labels).join('\u0000')}`;
}

function hasFailed({ status, status_code: code }: Readonly<Record<string, string>>): boolean {
  if (code !== undefined) return code >= '500';
  return !WELL.has(status ?? '');
}
