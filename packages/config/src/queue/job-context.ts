import { LogContext, runWithContext } from '@map/logger';
import { meterCost } from '@map/metrics/llm';
import type { UnitSpan } from '@map/redaction/kernel';
import { type CurrentJob, inJob } from '../work/current-job.ts';
import { carrierOf, carry } from './carrier.ts';

/** What BullMQ hands on from a unit of its work to what runs in it. */
export interface JobContext {
  /** The context that came with a job. */
  readonly given?: LogContext | undefined;
  readonly span?: UnitSpan | undefined;
  readonly job?: CurrentJob | undefined;
  /** Whether it is detached from the code around it, as a loop in the background is. */
  readonly isDetached?: boolean | undefined;
}

/** The context of what a job carries; nothing of the work around the worker belongs to it. */
export function contextOfJob(metadata: unknown): JobContext {
  return { given: LogContext.fromCarrier(carrierOf(metadata)), isDetached: true };
}

/** Writes what a job that is added in a context carries. */
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
