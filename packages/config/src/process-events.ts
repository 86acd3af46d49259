import { constants } from 'node:os';

/** Signals that ask a process to end. */
export type EndSignal = 'SIGTERM' | 'SIGINT';

/** What is done about what happens to the process. */
export interface ProcessEventHandlers {
  /** The first signal. */
  readonly onSignal: (signal: EndSignal) => void;
  /** A signal while the first one is being served. */
  readonly onSecondSignal: (signal: EndSignal, exitCode: number) => void;
  /** An error that nobody caught. */
  readonly onFatal: (error: unknown, origin: string) => void;
}

/**
 * Listens to SIGTERM, SIGINT and uncaught errors.
 *
 * @param handlers What to do about each.
 * @returns Stops listening.
 */
export function listenToProcess(handlers: ProcessEventHandlers): () => void {
  let signals = 0;
  const onSignal = (signal: EndSignal) => {
    signals += 1;
    if (signals === 1) handlers.onSignal(signal);
    else handlers.onSecondSignal(signal, 128 + constants.signals[signal]);
  };
  // An unhandled rejection becomes an uncaught exception when nobody listens to it, with its origin.
  const onFatal = (error: unknown, origin: string) => handlers.onFatal(error, origin);
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onFatal);
  return () => {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
    process.off('uncaughtException', onFatal);
  };
}
