import type { DefaultJobOptions } from 'bullmq';
import type { QueueSettings } from './queue-options.ts';

/** The wait between two attempts is decided by the error: see `worker/verdict.ts`. */
export const BACKOFF = 'by-error';

/** How long finished tasks are kept: long enough to look at, not for ever as in BullMQ. */
const KEPT = {
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 14 * 86_400, count: 10_000 },
};

/** Options of every task of a queue that sets none itself. */
export function jobDefaults({ attempts, baseDelayMs }: QueueSettings): DefaultJobOptions {
  return { ...KEPT, attempts, backoff: { type: BACKOFF, delay: baseDelayMs } };
}
