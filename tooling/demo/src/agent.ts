import { runAgentStep, runTask } from '@map/config';
import { type BaseError, convertException, ErrorCode } from '@map/config/errors';
import { runWithContext, type TraceLogger } from '@map/config/logger';
import type { Model } from './model.ts';
import type { Platform } from './platform.ts';
import type { TakenTask, TaskQueue } from './queue.ts';
import { steadily } from './steady.ts';
import type { Store } from './store.ts';
import type { Tally } from './tally.ts';
import type { Task } from './task.ts';

/** What all agents of a run work with. */
export interface Workshop {
  readonly config: Platform;
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
  /** What it is, for metrics. */
  readonly role: 'worker' | 'editor';
  /** Which one it is, for logs. */
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
  while (!shop.tally.finished && !shop.signal.aborted) {
    const taken = await runWithContext({ agent_id: agent.name }, () =>
      remember(shop, () => shop.queue.take(agent.kind, agent.name, WAIT_SECONDS)),
    );
    if (taken !== undefined) await performTask(agent, taken, shop);
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
  const { role, name } = agent;
  const started = performance.now();
  tally.begin(task.id);
  try {
    // The context comes out of the queue: the trace goes on that began with the task's creation.
    await runTask(
      {
        type: task.kind,
        taskId: task.id,
        agentId: name,
        dispatcherId: name,
        queuedAt: task.createdAtMs,
        carrier: task.carrier,
        signal,
      },
      async () => {
        logger.info('Task taken', { waited_ms: Date.now() - task.createdAtMs });
        const step = { agent: role, agentId: name, operation: task.kind };
        await runAgentStep(step, () => agent.perform(taken));
        tally.finish(task.id, performance.now() - started);
        logger.info('Task done');
      },
    );
  } catch (thrown) {
    const failure = convertException(thrown, { defaultCode: ErrorCode.TASK_ERROR });
    // Without Redis no task can be finished, so the run ends; any other failure is the task's own.
    if (signal.aborted || isRedisFailure(failure)) throw failure;
    tally.countError(failure.code);
    tally.fail(task.id);
    // The editor never gets a document that lacks an answer.
    if (task.kind === 'chunk') tally.fail(`edit:${task.chunk.document}`);
  }
}

function isRedisFailure({ category, details }: BaseError): boolean {
  return category === 'connection' && details['pool'] === 'redis';
}
