/** What has to be done before a process ends. */
export interface Watched {
  /** Hands all lines to the operating system, synchronously. */
  flushSync(): void;
  /** The same for the last time, as nothing asynchronous happens any more. */
  exit(): void;
  /** Logs an exception that ends the process. */
  uncaught(error: unknown, origin: string): void;
  /** What cannot be flushed synchronously, within a limit; undefined when there is nothing. */
  finish(): Promise<void> | undefined;
}

let watched: Set<Watched> | undefined;

/** Has something flushed before the process ends, and told of exceptions that end it. */
export function watchProcess(one: Watched): void {
  if (watched === undefined) {
    watched = new Set();
    process.on('exit', () => {
      for (const each of watched ?? []) each.exit();
    });
    // The monitor sees rejections too, and leaves what Node then does as it is.
    process.on('uncaughtExceptionMonitor', (error, origin) => {
      // What fails while the first one ends the process must not be written by what fails.
      if (ending) return;
      for (const each of watched ?? []) {
        each.uncaught(error, origin);
        each.flushSync();
      }
      holdUp(error);
    });
  }
  watched.add(one);
}

/** Ends the watch. */
export function unwatchProcess(one: Watched): void {
  watched?.delete(one);
}

let ending = false;

/** Lets the exception end the process only when asynchronous outputs had time for its line. */
function holdUp(error: unknown): void {
  // A program with a handler of its own decides itself how it ends.
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
      // Node ends the process as it would have done: its message, its exit code.
      throw error;
    });
  });
}
