import { type BaseError, isRetryable } from '@map/errors';
import { fullJitter } from '@map/errors/retry';
import type { Job } from 'bullmq';
import type { QueueSettings } from '../core/queue-options.ts';

/**
 * Decides what becomes of a task that failed.
 *
 * A task may run twice anyway, after a crash, so its handler has to be idempotent: what is retryable
 * on that condition is retried. A handler that starts again reads its streams from the start, so a
 * stream that was cut off is retried too.
 *
 * @param error What it failed with.
 * @param job The attempt that failed.
 * @param settings Of the queue.
 * @returns The wait before the next attempt in milliseconds; undefined if there is to be none.
 */
export function retryDelay(
  error: BaseError,
  job: Job,
  { baseDelayMs, maxDelayMs }: QueueSettings,
): number | undefined {
  const attempt = job.attemptsMade + 1;
  if (attempt >= (job.opts.attempts ?? 1)) return undefined;
  const known = { idempotent: true, tokensDelivered: false, attempt };
  if (!isRetryable(error, known)) return undefined;
  const { retryAfterMs } = error;
  const delayMs =
    retryAfterMs === undefined
      ? fullJitter(attempt - 1, maxDelayMs, baseDelayMs)
      : Math.min(retryAfterMs, maxDelayMs) * (1 + Math.random() / 10);
  // BullMQ takes 0 for a retry at once, ahead of every other task.
  return Math.max(1, Math.round(delayMs));
}
