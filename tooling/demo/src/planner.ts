import { randomUUID } from 'node:crypto';
import { runAgentStep } from '@map/config';
import { getContext, runWithContext } from '@map/config/logger';
import { remember, type Workshop } from './agent.ts';
import type { Chunk } from './chunk.ts';
import type { Task } from './task.ts';

/** What a task is about, without what every task carries. */
type Matter =
  | { readonly kind: 'chunk'; readonly chunk: Chunk; readonly siblings: number }
  | { readonly kind: 'edit'; readonly document: string };

/** Queues a task for each chunk, each with a trace of its own. */
export async function plan(chunks: readonly Chunk[], shop: Workshop): Promise<void> {
  const chunksOf = Map.groupBy(chunks, ({ document }) => document);
  for (const chunk of chunks) {
    const siblings = chunksOf.get(chunk.document)?.length ?? 1;
    await runAgentStep({ agent: 'planner', operation: 'queue', signal: shop.signal }, () =>
      queueTask(randomUUID(), { kind: 'chunk', chunk, siblings }, shop),
    );
  }
}

/** Queues a task that carries the context it is created in. */
export async function queueTask(id: string, matter: Matter, shop: Workshop): Promise<void> {
  await runWithContext({ task_id: id }, async () => {
    const carrier = getContext()?.toCarrier() ?? {};
    const task: Task = { id, createdAtMs: Date.now(), carrier, ...matter };
    // Before it is added: the one who takes it may be faster than the answer of Redis.
    shop.logger.info('Task queued', { task_type: task.kind });
    await remember(shop, () => shop.queue.add(task));
    shop.config.metrics.trackTask('created', { task_type: task.kind });
  });
}
