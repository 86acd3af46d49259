import type { LifecycleLogger } from '@map/lifecycle';

/** The part of a logger that the wiring writes to. */
export type Log = LifecycleLogger;

/** Rounds a duration for a log line to hundredths of a millisecond. */
export function roundMs(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
