import { runWorker } from '@map/config/bullmq';
import { handlerOf, type Workshop } from './agent.ts';
import { editDocument } from './editor.ts';
import { Keys } from './keys.ts';
import { Model } from './model.ts';
import type { Platform } from './platform.ts';
import { queuesOf } from './queues.ts';
import { Store } from './store.ts';
import type { Tally } from './tally.ts';
import { answerChunk } from './worker.ts';

/** Makes what the agents of a process work with. */
export function workshopOf(config: Platform, run: string, tally: Tally): Workshop {
  const { connections, metrics, extension, provider } = config;
  const keys = new Keys(run);
  const logger = config.logger.getLogger('demo');
  const { providers } = extension;
  return {
    config,
    queues: queuesOf(keys),
    store: new Store(connections, metrics, keys),
    model: new Model({ provider, metrics, logger, providers, tally }),
    tally,
    logger,
  };
}

/** Agents at work. */
export interface Crew {
  /** Takes no more tasks; what runs is interrupted past the limit, and returned to its queue. */
  stop(timeoutMs: number): Promise<void>;
}

/** After how long another process takes the tasks of one that was killed, in milliseconds. */
const LOCK_MS = 5_000;

/**
 * Lets workers and the editor of a process work.
 * @param number Tells the processes apart in logs, from 1.
 */
export async function startCrew(shop: Workshop, number: number): Promise<Crew> {
  const { queues, config } = shop;
  const worker = { role: 'worker', id: `worker-${number}` };
  const editor = { role: 'editor', id: `editor-${number}` };
  const chunk = handlerOf(worker, shop, answerChunk);
  const edit = handlerOf(editor, shop, editDocument);
  const concurrency = config.settings.WORKER_COUNT;
  const workers = await Promise.all([
    runWorker(queues.chunks, { chunk }, { concurrency, lockMs: LOCK_MS }),
    runWorker(queues.documents, { edit }, { concurrency: 1, lockMs: LOCK_MS }),
  ]);
  return {
    stop: async (timeoutMs) => {
      await Promise.all(workers.map((each) => each.close({ timeoutMs })));
    },
  };
}
