// Failures of tasks that BullMQ fails without an attempt.

import { ErrorCode } from '@map/errors';
import { getMetricsManager } from '@map/metrics';
import { redactText } from '@map/redaction';
import type { Job } from 'bullmq';
import type { QueueCore } from '../core/queue-core.ts';
import { carrierOf, inContextOf } from '../data/carrier.ts';

/**
 * Logs and counts a task that failed for good without an attempt: a task that it waited for has
 * failed, or too many processes ended while it ran.
 *
 * @param core The queue.
 * @param job The task.
 * @param reason The message of BullMQ, which names the other task.
 */
export function reportUnrunFailure({ settings, log }: QueueCore, job: Job, reason: string): void {
  const type = Object.hasOwn(settings.types, job.name) ? job.name : 'unknown';
  const code = reason.startsWith('child ')
    ? ErrorCode.TASK_DEPENDENCY_FAILED
    : ErrorCode.TASK_INTERRUPTED;
  getMetricsManager().trackTask('failures', { task_type: type, error_type: code });
  inContextOf(carrierOf(job.opts.telemetry?.metadata), () =>
    log.error('Task failed for good', {
      queue: settings.name,
      task_id: job.id,
      task_type: type,
      error_code: code,
      reason: redactText(reason),
    }),
  );
}
