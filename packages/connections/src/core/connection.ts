import type { ConnectionKind } from './observer.ts';

/** State and totals of a connection. */
export interface ConnectionStats {
  readonly kind: ConnectionKind;
  readonly state: 'idle' | 'opening' | 'open' | 'closing' | 'closed';
  /** Open connections, and how many of them are leased or busy. */
  readonly open: number;
  readonly inUse: number;
  /** Most connections that may be open, where there is a limit. */
  readonly max?: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
  /** Operations in flight. */
  readonly pending: number;
  /** Totals since the start. */
  readonly opened: number;
  readonly closed: number;
  readonly operations: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly leaks: number;
}

/** Counts of the work that was in flight when a connection was closed. */
export interface CloseCounts {
  /** Operations and scopes that ended within the limit. */
  completed: number;
  /** Operations and scopes that were aborted; each of their callers received an error. */
  abandoned: number;
}

/** The interface of a named connection for the manager. */
export interface Connection {
  readonly kind: ConnectionKind;
  stats(): ConnectionStats;
  /** Proves that the connection works; rejects when it does not. */
  check(bounds: { signal?: AbortSignal; timeoutMs: number }): Promise<void>;
  /** A problem that does not fail the check. */
  warning?(): string | undefined;
  close(timeoutMs: number): Promise<CloseCounts>;
}

const totals = [
  ...(['open', 'inUse', 'waiting', 'pending', 'opened', 'closed'] as const),
  ...(['operations', 'errors', 'timeouts', 'leaks'] as const),
];

/** Sums the numbers of several connections; everything else is taken from the first. */
export function sumStats(all: readonly ConnectionStats[]): ConnectionStats {
  const [first, ...others] = all;
  const sum = { ...first } as { -readonly [K in keyof ConnectionStats]: ConnectionStats[K] };
  for (const other of others) {
    for (const field of totals) sum[field] += other[field];
  }
  return sum;
}

/** Sums the counts of several connections that were closed. */
export function sumCounts(all: readonly CloseCounts[]): CloseCounts {
  return {
    completed: all.reduce((sum, { completed }) => sum + completed, 0),
    abandoned: all.reduce((sum, { abandoned }) => sum + abandoned, 0),
  };
}
