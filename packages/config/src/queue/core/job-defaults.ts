import type { DefaultJobOptions, WorkerOptions } from 'bullmq';
import type { QueueSettings } from './queue-options.ts';

/** The wait between two attempts is decided by the error: see `worker/verdict.ts`. */
export const BACKOFF = 'by-error';

/**
 * How long finished tasks are kept: long enough to look at, not for ever as in BullMQ. The worker says
 * it, because each task would carry it through Redis otherwise: 3 of 65 µs, and 90 bytes.
 */
export const KEPT: Pick<WorkerOptions, 'removeOnComplete' | 'removeOnFail'> = {
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 14 * 86_400, count: 10_000 },
};

/** Options of every task of a queue that sets none itself. */
export function jobDefaults({ attempts }: QueueSettings): DefaultJobOptions {
  return { attempts, backoff: { type: BACKOFF } };
}
