import { retry, runAgentStep } from '@map/config';
import type { TaskWork } from '@map/config/bullmq';
import { convertException, ErrorCode } from '@map/config/errors';
import type { TraceLogger } from '@map/config/logger';
import type { Model } from './model.ts';
import type { Platform } from './platform.ts';
import type { Queues } from './queues.ts';
import type { Store } from './store.ts';
import type { Tally } from './tally.ts';

/** The resources that all agents of a process share. */
export interface Workshop {
  readonly config: Platform;
  readonly queues: Queues;
  readonly store: Store;
  readonly model: Model;
  readonly tally: Tally;
  readonly logger: TraceLogger;
}

/** How often an agent asks a Redis that fails; each time takes up to `REDIS_COMMAND_TIMEOUT`. */
const ATTEMPTS = 3;

/** Repeats an access to Redis that fails for a moment, and counts its errors. */
export function remember<T>(
  { tally, logger }: Workshop,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return retry(work, {
    // Every access may be repeated.
    idempotent: true,
    origin: 'redis',
    maxAttempts: ATTEMPTS,
    baseDelayMs: 20,
    maxDelayMs: 250,
    ...(signal !== undefined && { signal }),
    onRetry: ({ error }) => {
      tally.countError(error.code);
      error.logError(logger);
    },
  });
}

/**
 * Makes the handler of a task out of an agent's work: `runWorker` runs it through `runTask`, so it
 * has the context, the deadline and the metrics of its task; what it throws is the task's failure.
 *
 * @param agent What it is, for metrics, and which one, for logs.
 * @param work Does one task.
 */
export function handlerOf<D, R>(
  agent: { readonly role: string; readonly id: string },
  shop: Workshop,
  work: (data: D, task: TaskWork, shop: Workshop) => Promise<R>,
): (data: D, task: TaskWork) => Promise<R> {
  const { tally, logger } = shop;
  return (data, task) => {
    const started = performance.now();
    const step = { agent: agent.role, agentId: agent.id, operation: task.type };
    return runAgentStep(step, async () => {
      logger.info('Task taken', { attempt: task.attempt });
      try {
        const result = await work(data, task, shop);
        tally.taskMs.push(performance.now() - started);
        logger.info('Task done');
        return result;
      } catch (thrown) {
        const { code } = convertException(thrown, { defaultCode: ErrorCode.TASK_ERROR });
        if (!task.signal.aborted) tally.countError(code);
        throw thrown;
      }
    });
  };
}
