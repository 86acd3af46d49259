import { CATALOGUE } from '../catalogue/catalogue.ts';
import { EVENTS, eventKey } from './figures.ts';
import type { Timeline } from './history.ts';
import { perMinute } from './model-rows.ts';
import type { Snapshot } from './snapshot.ts';

/** A retry, fallback, circuit breaker or limit. */
export interface EventRow {
  readonly title: string;
  readonly details: string;
  /** How often it happened, or the state of a circuit breaker. */
  readonly state: number | 'closed' | 'half-open' | 'open';
  readonly perMinute: number | undefined;
}

const STATES = ['closed', 'half-open', 'open'] as const;

/** Returns the circuit breakers, open ones first, then retries, fallbacks and reached limits. */
export function eventRows(snapshot: Snapshot, timeline: Timeline): EventRow[] {
  const breakers = snapshot
    .rows(CATALOGUE.connection.circuit)
    .sort((a, b) => b.value - a.value)
    .map(({ labels, value }) => ({
      title: 'Circuit breaker',
      details: detailsOf(labels),
      state: STATES[Math.min(2, Math.max(0, Math.round(value)))] ?? 'closed',
      perMinute: undefined,
    }));
  const events = EVENTS.flatMap(({ title, metric }) =>
    snapshot
      .rows(metric)
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => ({
        title,
        details: detailsOf(labels),
        state: value,
        perMinute: perMinute(timeline, eventKey(metric, labels)),
      })),
  );
  return [...breakers, ...events];
}

function detailsOf({
  from_model: from,
  to_model: to,
  ...rest
}: Readonly<Record<string, string>>): string {
  const change = from === undefined ? [] : [`${from} → ${to}`];
  return [...change, ...Object.values(rest)].filter(Boolean).join(' / ');
}
