import { called } from '../common/called.ts';
import { ERROR_COUNTERS } from './figures.ts';
import type { Timeline } from './history.ts';
import { perMinute } from './model-rows.ts';
import type { ErrorUrl } from './options.ts';
import type { Snapshot } from './snapshot.ts';

/** Errors with a trace that are shown. */
const MAX_LAST = 10;

/** An error code at one kind of work. */
export interface ErrorRow {
  readonly code: string;
  /** The documentation of the code, if it has one. */
  readonly url: string | undefined;
  readonly where: string;
  readonly total: number;
  readonly perMinute: number | undefined;
}

/** The newest error of a series that was recorded with a trace. */
export interface LastError {
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly code: string;
  readonly where: string;
  /** The other labels, such as the model. */
  readonly details: string;
  readonly traceId: string;
}

/** Returns the error codes, the most frequent of the last minute first. */
export function errorRows(snapshot: Snapshot, timeline: Timeline, errorUrl?: ErrorUrl): ErrorRow[] {
  return ERROR_COUNTERS.flatMap(({ where, metric }) => {
    const totals = new Map<string, number>();
    for (const { labels, value } of snapshot.rows(metric)) {
      const code = labels['error_type'] ?? '';
      totals.set(code, (totals.get(code) ?? 0) + value);
    }
    return [...totals].map(([code, total]) => ({
      code: code || 'unknown',
      url: called(errorUrl, code),
      where,
      total,
      perMinute: perMinute(timeline, `error.${where}.${code}`),
    }));
  }).sort((a, b) => (b.perMinute ?? 0) - (a.perMinute ?? 0) || b.total - a.total);
}

/** Returns the newest errors that have an exemplar with a trace id. */
export function lastErrors(snapshot: Snapshot): LastError[] {
  return ERROR_COUNTERS.flatMap(({ where, metric }) =>
    snapshot.rows(metric).flatMap(({ labels, exemplar }) => {
      const traceId = exemplar?.labels['trace_id'];
      if (exemplar === undefined || traceId === undefined) return [];
      const { error_type: code = '', ...rest } = labels;
      const details = Object.values(rest).filter(Boolean).join(' / ');
      return [{ at: exemplar.timestamp * 1000, code: code || 'unknown', where, details, traceId }];
    }),
  )
    .sort((a, b) => b.at - a.at)
    .slice(0, MAX_LAST);
}
