import { randomUUID } from 'node:crypto';
import { runAgentStep } from '@map/config';
import { runWithContext } from '@map/config/logger';
import { remember, type Workshop } from './agent.ts';
import type { Chunk } from './chunk.ts';

/**
 * Queues a flow for each document: a task for each chunk, and the editor's task, which waits for
 * them. All tasks of a document share a trace.
 *
 * @param signal Ends it early.
 */
export async function plan(
  chunks: readonly Chunk[],
  shop: Workshop,
  signal: AbortSignal,
): Promise<void> {
  for (const [document, own] of Map.groupBy(chunks, ({ document }) => document)) {
    const step = { agent: 'planner', operation: 'queue', signal };
    await runWithContext({ agent_id: 'planner' }, () =>
      runAgentStep(step, () => planDocument(document, own, shop, signal)),
    );
  }
}

async function planDocument(
  document: string,
  chunks: readonly Chunk[],
  shop: Workshop,
  signal: AbortSignal,
): Promise<void> {
  const { queues } = shop;
  // A separate id: a flow that is added again, after a lost reply, changes nothing.
  const children = chunks.map(({ headings, ...chunk }) => {
    const id = randomUUID();
    announce(id, 'chunk', shop);
    return queues.chunks.task('chunk', { ...chunk, headings: [...headings] }, { id });
  });
  const id = `edit-${document}`;
  announce(id, 'edit', shop);
  const flow = queues.documents.task('edit', { document }, { id, children });
  await remember(shop, () => queues.documents.addFlow(flow), signal);
}

/** Before it is added: the one who takes it may be faster than the reply of Redis. */
function announce(task_id: string, task_type: string, { logger }: Workshop): void {
  runWithContext({ task_id }, () => logger.info('Task queued', { task_type }));
}
