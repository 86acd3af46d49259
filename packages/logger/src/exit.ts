/** What has to be done before a process ends. */
export interface Watched {
  /** Hands all lines to the operating system, synchronously. */
  flushSync(): void;
  /** The same for the last time, as nothing asynchronous happens any more. */
  exit(): void;
  /** Logs an exception that ends the process. */
  uncaught(error: unknown, origin: string): void;
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
      for (const each of watched ?? []) {
        each.uncaught(error, origin);
        each.flushSync();
      }
    });
  }
  watched.add(one);
}

/** Ends the watch. */
export function unwatchProcess(one: Watched): void {
  watched?.delete(one);
}
