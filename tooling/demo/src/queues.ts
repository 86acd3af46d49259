import { type TaskQueue, taskQueue } from '@map/config/bullmq';
import { Type } from '@sinclair/typebox';
import type { Keys } from './keys.ts';

const chunkTypes = {
  /** Answer one chunk: a worker's task. */
  chunk: Type.Object({
    document: Type.String(),
    number: Type.Integer(),
    headings: Type.Array(Type.String()),
    line: Type.Integer(),
    text: Type.String(),
  }),
};

const documentTypes = {
  /** Summarise a document from the answers to its chunks: the editor's task, which waits for them. */
  edit: Type.Object({ document: Type.String() }),
};

/** The queues of a run. */
export interface Queues {
  readonly chunks: TaskQueue<typeof chunkTypes>;
  readonly documents: TaskQueue<typeof documentTypes>;
}

/** How the tasks of a run stand. */
export interface Standing {
  /** Neither done nor failed for good. */
  readonly pending: number;
  readonly failed: number;
}

/** Describes the queues of a run, for the process that adds and for those that work. */
export function queuesOf(keys: Keys): Queues {
  const options = { prefix: keys.queues, baseDelayMs: 100, maxDelayMs: 2_000 };
  return {
    chunks: taskQueue('chunks', { types: chunkTypes, ...options }),
    documents: taskQueue('documents', { types: documentTypes, ...options }),
  };
}

/** Counts the tasks of a run; those of the chunks first, because a document waits for them. */
export async function standingOf({ chunks, documents }: Queues): Promise<Standing> {
  let pending = 0;
  let failed = 0;
  for (const queue of [chunks, documents]) {
    const counts = await queue.counts();
    failed += counts.failed;
    pending += counts.waiting + counts.active + counts.delayed + counts.prioritized;
    pending += counts['waiting-children'];
  }
  return { pending, failed };
}
