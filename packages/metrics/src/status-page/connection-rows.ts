import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import type { Snapshot } from './snapshot.ts';

const { connection } = CATALOGUE;

/** A pool or a client. A figure that is not known is undefined. */
export interface ConnectionRow {
  readonly pool: string;
  readonly kind: string;
  /** Connections by state. */
  readonly states: readonly { readonly state: string; readonly value: number }[];
  readonly max: number | undefined;
  readonly pending: number | undefined;
  readonly created: number;
  readonly operations: number;
  readonly errors: number;
}

/** Returns the connections to Redis, HTTP servers and others. */
export function connectionRows(snapshot: Snapshot): ConnectionRow[] {
  const names = new Map<string, { readonly pool: string; readonly kind: string }>();
  const totals = new Map<string, number>();
  const states = new Map<string, Map<string, number>>();
  for (const metric of Object.values<MetricDefinition>(connection)) {
    if (metric === connection.circuit) continue;
    for (const { labels, value } of snapshot.rows(metric)) {
      const { pool = '', kind = '', state } = labels;
      const key = JSON.stringify([kind, pool]);
      names.set(key, { pool, kind });
      totals.set(key + metric.name, (totals.get(key + metric.name) ?? 0) + value);
      if (metric !== connection.connections) continue;
      const own = states.get(key) ?? new Map<string, number>();
      states.set(key, own.set(state ?? '', (own.get(state ?? '') ?? 0) + value));
    }
  }
  return [...names]
    .map(([key, { pool, kind }]) => ({
      pool,
      kind,
      states: [...(states.get(key) ?? [])].map(([state, value]) => ({ state, value })),
      max: totals.get(key + connection.maxConnections.name),
      pending: totals.get(key + connection.pending.name),
      created: totals.get(key + connection.created.name) ?? 0,
      operations: totals.get(key + connection.duration.name) ?? 0,
      errors: totals.get(key + connection.errors.name) ?? 0,
    }))
    .sort((a, b) => `${a.kind} ${a.pool}`.localeCompare(`${b.kind} ${b.pool}`));
}
