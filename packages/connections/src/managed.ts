import type { ConnectionKind } from './observer.ts';

/** What a connection has done so far and is doing now. */
export interface ConnectionStats {
  readonly kind: ConnectionKind;
  readonly state: 'idle' | 'opening' | 'open' | 'closing' | 'closed';
  /** Connections open, and how many of them are lent out. */
  readonly open: number;
  readonly inUse: number;
  /** Connections that may be open at most, where there is such a limit. */
  readonly max?: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
  /** Operations under way. */
  readonly pending: number;
  /** Totals since the start. */
  readonly opened: number;
  readonly closed: number;
  readonly operations: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly leaks: number;
}

/** Whether one connection works. */
export interface ConnectionHealth {
  readonly kind: ConnectionKind;
  /** `idle`: never used, so nothing was asked. */
  readonly status: 'up' | 'down' | 'idle';
  readonly latencyMs?: number;
  /** Error code when it is down. */
  readonly errorType?: string;
  readonly message?: string;
}

/** What became of the work that was under way when a connection was closed. */
export interface CloseCounts {
  /** Operations and scopes that ended within the limit. */
  completed: number;
  /** Operations and scopes that were given up, each with an error to its caller. */
  abandoned: number;
}

/** What the manager needs of every named connection. */
export interface Managed {
  readonly kind: ConnectionKind;
  stats(): ConnectionStats;
  /** Proves that the connection works; rejects when it does not. */
  check(bounds: { signal?: AbortSignal; timeoutMs: number }): Promise<void>;
  close(timeoutMs: number): Promise<CloseCounts>;
}

/** Adds the figures of several connections up. */
export function sumStats(all: readonly ConnectionStats[]): ConnectionStats {
  const [first, ...others] = all;
  const sum = { ...first } as { -readonly [K in keyof ConnectionStats]: ConnectionStats[K] };
  for (const other of others) {
    for (const field of figures) sum[field] += other[field];
  }
  return sum;
}

const figures = [
  ...(['open', 'inUse', 'waiting', 'pending', 'opened', 'closed'] as const),
  ...(['operations', 'errors', 'timeouts', 'leaks'] as const),
];
