import { ErrorCode, TaskError } from '@map/errors';
import type { InFlight } from './in-flight.ts';

/** The argument of a piece of work. */
export interface Work {
  /** Aborted when a shutdown stops waiting for the work. */
  readonly signal: AbortSignal;
  /** Aborted as soon as a shutdown begins: the time to save progress, or to stop early. */
  readonly draining: AbortSignal;
}

/** Runs work that a shutdown waits for; once it stops waiting, rejects and aborts the signal. */
export async function runWork<T>(
  inFlight: InFlight,
  draining: AbortSignal,
  name: string,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T> {
  const controller = new AbortController();
  const abandoned = Promise.withResolvers<never>();
  const onAbandoned = (cause: unknown) => {
    const error = new TaskError({
      code: ErrorCode.TASK_INTERRUPTED,
      message: `${name} was aborted by shutdown.`,
      originalError: cause,
    });
    controller.abort(error);
    abandoned.reject(error);
  };
  return inFlight.run(name, { onAbandoned }, async (finish) => {
    try {
      return await Promise.race([work({ signal: controller.signal, draining }), abandoned.promise]);
    } finally {
      finish();
    }
  });
}
