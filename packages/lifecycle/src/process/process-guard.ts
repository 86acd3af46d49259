import { isMainThread } from 'node:worker_threads';
import { complain, type LifecycleLogger, logFailure } from '../log/log.ts';
import type { ShutdownReport } from '../shutdown/report.ts';
import { listenToProcess } from './process-events.ts';

/** How long the application may still run after the shutdown of a signal. */
const EXIT_DELAY_MS = 1_000;

/** The part of a lifecycle that the guard needs. */
export interface Guarded {
  readonly draining: AbortSignal;
  readonly starting: boolean;
  /** The error of the start that has been logged already. */
  readonly startError: unknown;
  readonly currentEnding: string | undefined;
  readonly inFlight: { readonly size: number; describe(): string };
  shutdown(reason: string): Promise<ShutdownReport>;
}

/**
 * Shuts down and exits on signals and uncaught errors; a second signal exits at once.
 *
 * @param lifecycle What is to be shut down.
 * @param logger Receives uncaught errors.
 * @returns A function that stops listening.
 */
export function guardProcess(lifecycle: Guarded, logger?: LifecycleLogger): () => void {
  // Signals reach the main thread alone.
  if (!isMainThread) return () => undefined;
  let interrupted = false;
  let exits = false;
  const end = (reason: string, exit: () => void): void => {
    lifecycle.shutdown(reason).then(
      ({ ok }) => (ok ? exit() : process.exit(1)),
      () => process.exit(1),
    );
  };
  const stop = listenToProcess({
    onSignal: (reason) => {
      interrupted = lifecycle.starting;
      exits = true;
      end(reason, interrupted ? () => process.exit() : exitSoon);
    },
    onSecondSignal: (reason, exitCode) => {
      const ending = lifecycle.currentEnding ?? 'the shutdown';
      const { size } = lifecycle.inFlight;
      const work = size > 0 ? ` (${lifecycle.inFlight.describe()})` : '';
      complain(`Second ${reason}: exiting at once, while ending ${ending}${work}.`);
      process.exit(exitCode);
    },
    onFatal: (error, origin) => {
      // An interrupted start-up rejects, and the rejection may be unhandled.
      if (interrupted) return;
      const message =
        origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
      if (error !== lifecycle.startError || error === undefined) logFailure(logger, message, error);
      if (!lifecycle.draining.aborted) process.exitCode = 1;
      end(origin, () => process.exit(1));
    },
  });
  return () => {
    // The process is about to exit, and a second signal from a tool must not change its exit code.
    if (!exits) stop();
  };
}

/** Gives the application up to one second to finish and to set `process.exitCode`. */
function exitSoon(): void {
  setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
}
