import type { CostMeter } from '@map/metrics/kernel';
import { runWithin, surroundings } from '@map/redaction/kernel';

/** A job of BullMQ that the running code is part of, and that its telemetry counts. */
export interface CurrentJob {
  /** Its name, once BullMQ has reported it. */
  type: string | undefined;
  /** Whether `runTask` counts it instead. */
  isClaimed: boolean;
  /** Counts the cost of its model calls. */
  meter?: CostMeter;
}

/** Runs a function as part of a job, or of none. */
export function inJob<T>(job: CurrentJob | undefined, run: () => T): T {
  return runWithin({ job }, run);
}

/** The job that the running code is part of. */
export function currentJob(): CurrentJob | undefined {
  return surroundings().job as CurrentJob | undefined;
}

/** Takes over the count of the job that a task is the work of. */
export function claimJob(taskType: string): void {
  const job = currentJob();
  if (job?.type === taskType) job.isClaimed = true;
}
