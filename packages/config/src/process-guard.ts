import { writeSync } from 'node:fs';
import type { TraceLogger } from '@map/logger';
import type { Lifecycle, ShutdownReport } from './lifecycle.ts';
import { listenToProcess } from './process-events.ts';

const LAST_WORDS_MS = 1_000;

/** What a guard needs to end a process in order. */
export interface GuardOptions {
  readonly lifecycle: Lifecycle;
  readonly log: TraceLogger;
  readonly shutdown: (reason: string) => Promise<ShutdownReport>;
}

/**
 * Ends the process in order on SIGTERM, SIGINT and uncaught errors; a second signal ends it at once.
 *
 * @param options What is to be ended, and where to tell.
 * @returns Stops guarding.
 */
export function guardProcess(options: GuardOptions): () => void {
  const { lifecycle, log, shutdown } = options;
  const end = (reason: string, leave: () => void): void => {
    shutdown(reason).then(
      ({ ok }) => (ok ? leave() : process.exit(1)),
      () => process.exit(1),
    );
  };
  return listenToProcess({
    onSignal: (signal) => end(signal, leaveSoon),
    onSecondSignal: (signal, exitCode) => {
      const doing = lifecycle.current ?? 'the shutdown';
      const tasks = lifecycle.inFlight.size > 0 ? ` (${lifecycle.inFlight.describe()})` : '';
      write(`Second ${signal}: ended at once, while ending ${doing}${tasks}.\n`);
      process.exit(exitCode);
    },
    onFatal: (error, origin) => {
      log.critical(origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception', {
        error,
      });
      if (!lifecycle.ending) process.exitCode = 1;
      end(origin, () => process.exit(1));
    },
  });
}

/** Lets the application say its last words and choose its exit code, for a second at most. */
function leaveSoon(): void {
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}

function write(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody listens there any more.
  }
}
