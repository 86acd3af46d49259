import type { Config } from '@map/config';
import { type BaseError, convertException, ErrorCode } from '@map/config/errors';
import { LogContext, runWithContext, type TraceLogger } from '@map/config/logger';
import type { Model } from './model.ts';
import type { TakenTask, TaskQueue } from './queue.ts';
import { steadily } from './steady.ts';
import type { Store } from './store.ts';
import type { Tally } from './tally.ts';
import type { Task } from './task.ts';

/** What all agents of a run work with. */
export interface Workshop {
  readonly config: Config;
  readonly queue: TaskQueue;
  readonly store: Store;
  readonly model: Model;
  readonly tally: Tally;
  readonly logger: TraceLogger;
  /** Ends the agents. */
  readonly signal: AbortSignal;
}

/** Takes tasks of one kind, one after the other. */
export interface Agent {
  readonly name: string;
  readonly kind: Task['kind'];
  /** Does one task; what it throws is the task's failure. */
  perform(taken: TakenTask): Promise<void>;
}

/** How long an agent waits for a task before it looks whether the run is over, in seconds. */
const WAIT_SECONDS = 0.2;

/**
 * Lets an agent work until every task of the run is finished.
 * @throws The failure that ends the run: Redis is gone for longer than an agent bears.
 */
export async function runAgent(agent: Agent, shop: Workshop): Promise<void> {
  const { queue, tally, logger, signal } = shop;
  while (!tally.finished && !signal.aborted) {
    const taken = await runWithContext({ agent_id: agent.name }, () =>
      remember(shop, () => queue.take(agent.kind, WAIT_SECONDS)),
    );
    if (taken === undefined) continue;
    // The context comes out of the queue: the trace goes on that began with the task's creation.
    await runWithContext(LogContext.fromCarrier(taken.task.carrier), () =>
      runWithContext({ agent_id: agent.name, task_id: taken.task.id }, async () => {
        logger.info('Task taken', { waited_ms: Date.now() - taken.task.createdAtMs });
        await performTask(agent, taken, shop);
      }),
    );
  }
}

/** Repeats an access to Redis that fails for a moment, and counts its errors. */
export function remember<T>(shop: Workshop, work: () => Promise<T>): Promise<T> {
  const onError = (error: BaseError): void => {
    if (shop.signal.aborted) return;
    shop.tally.countError(error.code);
    error.logError(shop.logger);
  };
  return steadily(work, onError, shop.signal);
}

async function performTask(agent: Agent, taken: TakenTask, shop: Workshop): Promise<void> {
  const { task } = taken;
  const { tally, logger, signal } = shop;
  const { metrics } = shop.config;
  const labels = { task_type: task.kind };
  metrics.trackTask('consumed', { ...labels, dispatcher_id: agent.name });
  metrics.trackTask('queueWait', labels, (Date.now() - task.createdAtMs) / 1000);
  const started = performance.now();
  let failure: BaseError | undefined;
  try {
    await agent.perform(taken);
  } catch (thrown) {
    failure = convertException(thrown, { origin: 'task', defaultCode: ErrorCode.TASK_ERROR });
  }
  const durationMs = performance.now() - started;
  const status = failure === undefined ? 'success' : 'error';
  metrics.trackTask('completed', { ...labels, status });
  metrics.trackTask('duration', { ...labels, status }, durationMs / 1000);
  const operation = { agent: agent.name, operation: task.kind, status };
  metrics.trackAgent('operations', operation);
  metrics.trackAgent('duration', operation, durationMs / 1000);
  if (failure === undefined) {
    tally.finish(task.id, durationMs);
    logger.info('Task done', { execution_time: durationMs / 1000 });
    return;
  }
  if (signal.aborted) return;
  failure.logError(logger);
  // Without Redis no task can be finished, so the run ends; any other failure is the task's own.
  if (isConnectionFailure(failure)) throw failure;
  tally.countError(failure.code);
  tally.fail(task.id);
}

function isConnectionFailure({ category }: BaseError): boolean {
  return category === 'connection';
}
