import { processState } from '@map/redaction/kernel';
import type { BaseError } from '../error/base-error.ts';

/** Work with a time limit that may wait for a connection. */
export interface Waiting {
  /** Makes the error of what it waits for; undefined once it waits no longer. */
  waitError?: (() => BaseError | undefined) | undefined;
}

function storage() {
  return processState('@map/errors/waiting@1', () => {
    const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
    return new AsyncLocalStorage<Waiting>();
  });
}

/** Runs work, which can note what it waits for. @internal */
export function runWaiting<T>(waiting: Waiting, work: () => T): T {
  return storage().run(waiting, work);
}

/** Notes what the surrounding retry waits for, so that its error names it. */
export function noteWait(waitError: Waiting['waitError']): void {
  const waiting = storage().getStore();
  if (waiting !== undefined) waiting.waitError = waitError;
}
