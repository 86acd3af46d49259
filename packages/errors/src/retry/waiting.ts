import { runWithin, surroundings } from '@map/redaction/kernel';
import type { BaseError } from '../error/base-error.ts';

/** Work with a time limit that may wait for a connection. */
export interface Waiting {
  /** Makes the error of what it waits for; undefined once it waits no longer. */
  waitError?: (() => BaseError | undefined) | undefined;
}

/** Runs work, which can note what it waits for. @internal */
export function runWaiting<T>(waiting: Waiting, run: () => T): T {
  // A browser has nothing that follows the work, and no connections.
  return typeof process === 'undefined' ? run() : runWithin({ waiting }, run);
}

/** Notes what the surrounding retry waits for, so that its error names it. */
export function noteWait(waitError: Waiting['waitError']): void {
  const waiting = surroundings().waiting as Waiting | undefined;
  if (waiting !== undefined) waiting.waitError = waitError;
}
