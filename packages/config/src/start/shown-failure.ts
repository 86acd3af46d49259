import { isMainThread } from 'node:worker_threads';

let shown: WeakSet<object> | undefined;

/**
 * Lets the process exit with code 1 and without Node's print, if the error of a failed start is
 * not caught: its log line has shown it. A program with its own handler decides itself how it ends.
 *
 * @param error The error of the start.
 */
export function exitQuietly(error: unknown): void {
  // Node gives the error of a worker thread to its parent.
  if (!isMainThread) return;
  if (shown === undefined) {
    shown = new WeakSet();
    process.on('uncaughtExceptionMonitor', onUncaught);
  }
  shown.add(Object(error));
}

/** Adds a handler for a shown failure alone, so that nothing changes for other errors. */
function onUncaught(error: unknown): void {
  if (shown?.has(Object(error)) !== true) return;
  if (process.listenerCount('uncaughtException') > 0) return;
  process.once('uncaughtException', () => process.exit(1));
}
