import { getContext, LogContext, runWithContext } from '@map/logger';

/** The context of the code that adds a task, as the task carries it. */
export interface Carried {
  /** JSON with `traceparent`, `tracestate` and the fields of the log context. */
  readonly metadata: string;
  readonly traceId: string;
}

/**
 * Reads the context that a task is added in; without one, it gets its own trace.
 *
 * It travels where BullMQ keeps the metadata of its telemetry, which is a W3C carrier too, so that
 * the data of a task stays as it was given.
 */
export function carry(): Carried {
  const context = getContext() ?? runWithContext({}, () => getContext());
  return { metadata: JSON.stringify(context?.toCarrier()), traceId: context?.traceId ?? '' };
}

/**
 * Reads the carrier of a task; one that has none, or one that cannot be read, gets a new trace.
 *
 * @returns What `LogContext.fromCarrier` takes.
 */
export function carrierOf(metadata: unknown): object {
  try {
    const carrier: unknown = typeof metadata === 'string' ? JSON.parse(metadata) : undefined;
    if (typeof carrier === 'object' && carrier !== null) return carrier;
  } catch {
    // Another producer may keep anything there.
  }
  return LogContext.fromCarrier(undefined).toCarrier();
}

/** Runs a function in the context of a task. */
export function inContextOf<R>(carrier: object, run: () => R): R {
  return runWithContext(LogContext.fromCarrier(carrier), run);
}
