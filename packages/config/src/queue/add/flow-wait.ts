import { getMetricsManager } from '@map/metrics';
import type { Job } from 'bullmq';
import type { QueueCore } from '../core/queue-core.ts';
import { inContextOf } from '../data/carrier.ts';

/** Children that are asked when they ended; of a flow with more, some of them. */
const MAX_CHILDREN = 1_000;

/** Marks the metadata of a task that waits for children: BullMQ does not tell it apart. */
export function markParent(metadata: string): string {
  return JSON.stringify({ ...JSON.parse(metadata), parent: true });
}

/** Whether a task has waited for children. */
export function isParent(carrier: { readonly parent?: unknown }): boolean {
  return carrier.parent === true;
}

/**
 * Measures how long a task waited after the last of its children had ended; without a reply of
 * Redis, or once the children are removed, nothing is recorded.
 */
export async function measureFlowWait(core: QueueCore, job: Job, carrier: object): Promise<void> {
  const { name, opts, processedOn = Date.now() } = job;
  try {
    const endedAt = await core.send('tell when children ended', async ({ client }) => {
      const { processed = {} } = await job.getDependencies({ processed: { count: MAX_CHILDREN } });
      const times = await Promise.all(
        Object.keys(processed).map((key) => client.hget(key, 'finishedOn')),
      );
      return Math.max(...times.map(Number));
    });
    if (!(endedAt > 0)) return;
    const seconds = Math.max(0, processedOn - endedAt - (opts.delay ?? 0)) / 1e3;
    const labels = { task_type: name };
    inContextOf(carrier, () => getMetricsManager().trackTask('queueWait', labels, seconds));
  } catch {
    // The connection reports its own errors; a measurement is not worth another line.
  }
}
