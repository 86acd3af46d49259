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
      holdUp(error);
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

/** Delays the end of the process until asynchronous outputs had time to write the exception. */
function holdUp(error: unknown): void {
  // A program with its own handler decides itself how it ends.
  if (process.listenerCount('uncaughtException') > 0) return;
  if (process.hasUncaughtExceptionCaptureCallback()) return;
  const waits = [...(watched ?? [])].map((each) => each.finish());
  if (waits.every((wait) => wait === undefined)) return;
  ending = true;
  const ignore = (): void => {};
  process.on('uncaughtException', ignore);
  void Promise.allSettled(waits).then(() => {
    setImmediate(() => {
      process.off('uncaughtException', ignore);
      // Node ends the process with its usual message and exit code.
      throw error;
    });
  });
}
