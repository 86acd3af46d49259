import { type BaseError, convertException, ErrorCode, TaskError } from '@map/config/errors';
import { runAgent, type Workshop } from './agent.ts';
import type { Chunk } from './chunk.ts';
import { editor } from './editor.ts';
import { Keys } from './keys.ts';
import { Model } from './model.ts';
import { plan } from './planner.ts';
import type { Platform } from './platform.ts';
import type { Progress } from './progress.ts';
import { TaskQueue } from './queue.ts';
import { Store } from './store.ts';
import { Tally } from './tally.ts';
import { worker } from './worker.ts';

/** What a run came to. */
export interface RunResult {
  readonly tally: Tally;
  readonly store: Store;
  readonly durationMs: number;
  /** Why it ended before its tasks did. */
  readonly failure: BaseError | undefined;
}

/** How often progress is looked at. */
const PROGRESS_MS = 50;
/** A run in which nobody works for so long has lost its tasks: Redis has forgotten them. */
const IDLE_MS = 7000;

/**
 * Lets planner, workers and editor work until every task is finished, Redis is lost or the signal
 * ends it; never rejects.
 * @param run Names the run in its Redis keys.
 */
export async function runAgents(
  config: Platform,
  chunks: readonly Chunk[],
  run: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunResult> {
  const { connections, metrics, settings, extension } = config;
  const keys = new Keys(run);
  const documents = new Set(chunks.map(({ document }) => document)).size;
  const tally = new Tally(chunks.length + documents);
  const store = new Store(connections, metrics, keys);
  const logger = config.logger.getLogger('demo');
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const { providers } = extension;
  const model = new Model({ connections, metrics, logger, providers, tally, signal: either });
  const queue = new TaskQueue(connections, keys);
  const shop: Workshop = { config, queue, store, model, tally, logger, signal: either };
  const agents = [
    ...Array.from({ length: settings.WORKER_COUNT }, (_, n) => worker(`worker-${n + 1}`, shop)),
    editor('editor', shop),
  ];

  const started = performance.now();
  let failure: BaseError | undefined;
  const giveUp = (thrown: unknown): void => {
    const cause = signal.aborted ? signal.reason : thrown;
    failure ??= convertException(cause, { defaultCode: ErrorCode.UNKNOWN_ERROR });
    failed.abort(failure);
  };
  let workedAt = started;
  const watch = setInterval(() => {
    progress.update(stateOf(tally));
    const now = performance.now();
    if (tally.underWay > 0) workedAt = now;
    else if (now - workedAt > IDLE_MS) giveUp(tasksLost(tally));
  }, PROGRESS_MS);
  try {
    const work = [plan(chunks, shop), ...agents.map((agent) => runAgent(agent, shop))];
    await Promise.all(work.map((each) => each.catch(giveUp)));
  } finally {
    clearInterval(watch);
    progress.update(stateOf(tally));
    progress.finish();
  }
  return { tally, store, durationMs: performance.now() - started, failure };
}

function tasksLost({ tasks, done, failed }: Tally): TaskError {
  const message = `${tasks - done - failed} tasks are in no queue any more: Redis has lost them.`;
  return new TaskError({ code: ErrorCode.TASK_NOT_FOUND, message });
}

/** Removes the keys of a run; says why not where it could not. */
export async function clearKeys(store: Store): Promise<BaseError | undefined> {
  try {
    await store.clear();
    return undefined;
  } catch (error) {
    return convertException(error, { origin: 'redis', defaultCode: ErrorCode.REDIS_ERROR });
  }
}

function stateOf({ done, tasks, retries, fallbacks }: Tally) {
  return { done, total: tasks, retries, fallbacks };
}
