import { getContext, LogContext, runWithContext } from '@map/logger';

/** The context of the code that adds a task, as the task carries it. */
export interface Carried {
  /** JSON with `traceparent`, `tracestate` and the fields of the log context. */
  readonly metadata: string;
  readonly traceId: string;
}

/** Where a `traceparent` has its trace id. */
const TRACE_ID = [3, 35] as const;

/**
 * Reads the context that a task is added in; without one, it gets its own trace.
 *
 * It travels where BullMQ keeps the metadata of its telemetry, which is a W3C carrier too, so that
 * the data of a task stays as it was given.
 */
export function carry(): Carried {
  const context = getContext();
  if (context === undefined) return newTrace();
  const { context: given, ...trace } = context.toCarrier();
  const { trace_id: shown, ...fields } = given;
  // A trace id that the header has as well is left out: it would make every task larger.
  const isKnown = typeof shown === 'string' && trace.traceparent.slice(...TRACE_ID) === shown;
  const kept = isKnown ? fields : given;
  const isBare = isKnown && Object.keys(fields).length === 0;
  const carrier = isBare ? trace : { ...trace, context: kept };
  return { metadata: JSON.stringify(carrier), traceId: context.traceId };
}

/** A new trace, or that of the active span; no fields need to be copied and redacted. */
function newTrace(): Carried {
  const headers = LogContext.newHeaders();
  const traceId = headers['traceparent']?.slice(...TRACE_ID) ?? '';
  return { metadata: JSON.stringify(headers), traceId };
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
