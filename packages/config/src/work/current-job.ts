import { AsyncLocalStorage } from 'node:async_hooks';
import type { CostMeter } from '@map/metrics/llm';
import { processState } from '@map/redaction/kernel';

/** A job of BullMQ that the running code is part of, and that its telemetry counts. */
export interface CurrentJob {
  /** Its name, once BullMQ has reported it. */
  type: string | undefined;
  /** Whether `runTask` counts it instead. */
  isClaimed: boolean;
  /** Counts the cost of its model calls. */
  meter?: CostMeter;
}

let jobs: AsyncLocalStorage<CurrentJob | undefined> | undefined;

function storage(): AsyncLocalStorage<CurrentJob | undefined> {
  jobs ??= processState('@map/config/job', () => new AsyncLocalStorage<CurrentJob | undefined>());
  return jobs;
}

/** Runs a function as part of a job, or of none. */
export function inJob<T>(job: CurrentJob | undefined, run: () => T): T {
  return storage().run(job, run);
}

/** The job that the running code is part of. */
export function currentJob(): CurrentJob | undefined {
  return storage().getStore();
}

/** Takes over the count of the job that a task is the work of. */
export function claimJob(taskType: string): void {
  const job = storage().getStore();
  if (job?.type === taskType) job.isClaimed = true;
}
