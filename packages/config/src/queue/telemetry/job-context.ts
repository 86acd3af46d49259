import { LogContext, runWithContext } from '@map/logger';
import { meterCost } from '@map/metrics/kernel';
import type { UnitSpan } from '@map/redaction/kernel';
import { type CurrentJob, inJob } from '../../work/current-job.ts';
import { carrierOf, carry } from '../data/carrier.ts';

/** The value that BullMQ passes from one of its operations to the code inside it. */
export interface JobContext {
  /** The context that came with a job. */
  readonly given?: LogContext | undefined;
  readonly span?: UnitSpan | undefined;
  readonly job?: CurrentJob | undefined;
  /** Whether it is detached from the code around it, as a loop in the background is. */
  readonly isDetached?: boolean | undefined;
}

/** The context that a job carries, without that of the code around the worker. */
export function contextOfJob(metadata: unknown): JobContext {
  return { given: LogContext.fromCarrier(carrierOf(metadata)), isDetached: true };
}

/** Makes the metadata of a job that is added in a context. */
export function metadataOf({ span }: JobContext): string {
  const write = () => carry().metadata;
  return span === undefined ? write() : span.run(write);
}

/**
 * Runs a function in a context.
 *
 * @param outside Runs a function outside of the work around it.
 */
export function runInContext<T>(
  { given, span, job, isDetached }: JobContext,
  outside: <R>(run: () => R) => R,
  run: () => T,
): T {
  const inSpan = () => (span === undefined ? run() : span.run(run));
  const inContext = () => (given === undefined ? inSpan() : runWithContext(given, inSpan));
  if (!isDetached) return inContext();
  const metered = () =>
    meterCost((meter) => {
      if (job !== undefined) job.meter = meter;
      return inContext();
    });
  return outside(() => inJob(job, metered));
}
