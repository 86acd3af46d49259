import { isMainThread } from 'node:worker_threads';
import { keepRejections, rejectedValue } from '@map/redaction/kernel';

/** The work of one set-up before the process ends. */
export interface Watched {
  /** Whether it logs exceptions that end the process. */
  readonly uncaughtErrors: boolean;
  /** Hands all lines to the operating system, synchronously. */
  flushSync(): void;
  /** Does the same for the last time, as nothing asynchronous happens any more. */
  exit(): void;
  /** Logs an exception that ends the process. */
  uncaught(error: unknown, origin: string): void;
  /** Prints such an exception on standard error, without secrets. */
  print(error: unknown, origin: string): void;
  /** Flushes asynchronous outputs within a limit; undefined without such outputs. */
  finish(): Promise<void> | undefined;
}

let watched: Set<Watched> | undefined;
let ending = false;
let stopRejections: (() => void) | undefined;

/** Flushes a set-up before the process ends, and logs the exceptions that end it. */
export function watchProcess(one: Watched): void {
  if (watched === undefined) {
    watched = new Set();
    process.on('exit', () => {
      for (const each of watched ?? []) each.exit();
    });
    // The monitor sees rejections too, and leaves Node's own handling as it is.
    process.on('uncaughtExceptionMonitor', (error, origin) => {
      // An error while the first one ends the process must not go through the output that failed.
      if (ending) return;
      for (const each of watched ?? []) {
        each.uncaught(rejectedValue(error), origin);
        each.flushSync();
      }
      takeOver(error, origin);
    });
  }
  watched.add(one);
  watchRejections();
}

/** Stops watching. */
export function unwatchProcess(one: Watched): void {
  watched?.delete(one);
  watchRejections();
}

/** Keeps the values of rejections while a set-up logs what ends the process. */
function watchRejections(): void {
  const wanted = [...(watched ?? [])].some((one) => one.uncaughtErrors);
  if (wanted) stopRejections ??= keepRejections();
  else {
    stopRejections?.();
    stopRejections = undefined;
  }
}

/**
 * Ends the process after an exception that was logged, once asynchronous outputs had time to write
 * it. Node would print the error itself, with its message and its own properties in clear.
 */
function takeOver(error: unknown, origin: string): void {
  // A program with its own handler decides itself how it ends.
  if (process.listenerCount('uncaughtException') > 0) return;
  if (process.hasUncaughtExceptionCaptureCallback()) return;
  const owners = [...(watched ?? [])].filter((one) => one.uncaughtErrors);
  const [owner] = owners;
  if (owner === undefined) return;
  const waits = owners.map((each) => each.finish());
  const isLate = waits.some((wait) => wait !== undefined);
  // Node gives the error of a worker thread to its parent.
  if (!isMainThread && !isLate) return;
  ending = true;
  const end = (): void => {
    process.off('uncaughtException', onError);
    if (!isMainThread) throw error;
    owner.print(rejectedValue(error), origin);
    const { report } = process;
    if (report.reportOnUncaughtException) report.writeReport(error as Error);
    process.exit(1);
  };
  const onError = (): void => {
    if (!isLate) end();
  };
  process.on('uncaughtException', onError);
  if (isLate) void Promise.allSettled(waits).then(() => setImmediate(end));
}
