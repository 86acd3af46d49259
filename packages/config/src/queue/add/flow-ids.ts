// Children whose id the caller has chosen. BullMQ does not add a task whose id exists, and does not say so:
// a parent would then wait for ever for a child that is another's, or that has failed before.

import type { FlowJob, FlowProducer } from 'bullmq';
import { argumentError } from '../core/queue-error.ts';

/**
 * Refuses a flow in which one id is used twice.
 *
 * @throws `VALIDATION_ERROR_3500` naming the id.
 */
export function checkOwnIds(flow: FlowJob): void {
  const seen = new Set<string>();
  const visit = (job: FlowJob): void => {
    const { queueName, opts, children = [] } = job;
    const key = keyOf(job);
    if (key !== undefined && seen.has(key)) {
      throw argumentError(
        `The tasks of a flow must have different ids: queue "${queueName}" gets "${opts?.jobId}" twice.`,
      );
    }
    if (key !== undefined) seen.add(key);
    children.forEach(visit);
  };
  visit(flow);
}

/**
 * Refuses children that exist already, as part of another flow or as a failure. The same flow may be
 * added again.
 *
 * @throws `VALIDATION_ERROR_3500` naming the child.
 */
export async function checkKnownChildren(producer: FlowProducer, parent: FlowJob): Promise<void> {
  const { children = [] } = parent;
  await Promise.all(
    children.map(async (child) => {
      await checkKnown(producer, child, keyOf(parent));
      await checkKnownChildren(producer, child);
    }),
  );
}

async function checkKnown(
  producer: FlowProducer,
  { queueName, prefix = '', opts }: FlowJob,
  parentKey: string | undefined,
): Promise<void> {
  const id = opts?.jobId;
  if (id === undefined) return;
  // Undefined for a task that is not there, which its type does not say.
  const known = await producer.getFlow({ queueName, prefix, id, depth: 1, maxChildren: 1 });
  const job = (known as typeof known | undefined)?.job;
  if (job === undefined || (parentKey !== undefined && job.parentKey === parentKey)) return;
  const name = `Task "${id}" of queue "${queueName}"`;
  if (job.parentKey !== undefined) {
    throw argumentError(`${name} is part of another flow already. Give this child another id.`);
  }
  if (await job.isFailed()) {
    throw argumentError(
      `${name} has failed already, so its parent would wait for ever. Give this child another id, or retry that task first.`,
    );
  }
}

/** The key of a task in Redis, if the caller has chosen its id. */
function keyOf({ queueName, prefix, opts }: FlowJob): string | undefined {
  const id = opts?.jobId;
  return id === undefined ? undefined : `${prefix}:${queueName}:${id}`;
}
