import type { ConnectionKind } from './observer.ts';

/** How a shared connection is opened and bounded; all times in milliseconds. */
export interface SharedSettings {
  readonly name: string;
  readonly kind: ConnectionKind;
  readonly connectTimeoutMs: number;
  readonly operationTimeoutMs: number;
  /** Longest delay between two attempts to open. */
  readonly maxRetryDelayMs: number;
  /** Operations that may wait for the connection to open. */
  readonly maxWaiting: number;
  /** Whether a replaced connection may finish what is under way on it. */
  readonly retireGently: boolean;
}
