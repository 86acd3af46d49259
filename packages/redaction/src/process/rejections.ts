// Node ends a process for an unhandled rejection with an exception. Where the value of the rejection
// is not an error, that exception has only the name of its type:
// https://nodejs.org/api/process.html#event-unhandledrejection. So the value is taken before, and
// Node then handles the rejection as if there were no listener.

import { processState } from './state.ts';

interface Rejections {
  /** Number of users of the values. */
  users: number;
  /** The value of the rejection that Node is about to end the process with. */
  kept: { readonly value: unknown } | undefined;
  readonly keep: (value: unknown) => void;
}

function rejections(): Rejections {
  return processState<Rejections>('@map/redaction/rejections@1', () => {
    const listen = (): void => {
      process.off('unhandledRejection', state.keep);
      if (state.users > 0) process.on('unhandledRejection', state.keep);
    };
    const state: Rejections = {
      users: 0,
      kept: undefined,
      keep: (value) => {
        // A program with its own handler decides how to treat a rejection.
        if (process.listenerCount('unhandledRejection') > 1) return;
        const kept = { value };
        state.kept = kept;
        process.off('unhandledRejection', state.keep);
        process.once('uncaughtExceptionMonitor', listen);
        void Promise.reject(value);
        // Where Node only warns of rejections, no exception comes before this.
        setImmediate(() => {
          process.off('uncaughtExceptionMonitor', listen);
          if (state.kept === kept) state.kept = undefined;
          listen();
        });
      },
    };
    return state;
  });
}

/**
 * Keeps the values of unhandled rejections for {@link rejectedValue}.
 *
 * @returns A function that stops it.
 */
export function keepRejections(): () => void {
  const state = rejections();
  if (state.users++ === 0) process.on('unhandledRejection', state.keep);
  let isStopped = false;
  return () => {
    if (isStopped) return;
    isStopped = true;
    if (--state.users === 0) process.off('unhandledRejection', state.keep);
  };
}

/**
 * Returns the value of the rejection that an uncaught exception stands for.
 *
 * @param error The exception.
 * @returns The value; for any other exception, the exception.
 */
export function rejectedValue(error: unknown): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  const { kept } = rejections();
  return code === 'ERR_UNHANDLED_REJECTION' && kept !== undefined ? kept.value : error;
}
