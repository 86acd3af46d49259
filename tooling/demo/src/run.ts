import { setTimeout as pause } from 'node:timers/promises';
import { type BaseError, convertException, ErrorCode, TaskError } from '@map/config/errors';
import { remember, type Workshop } from './agent.ts';
import type { Chunk } from './chunk.ts';
import { plan } from './planner.ts';
import type { Progress } from './progress.ts';
import { standingOf } from './queues.ts';
import type { Store } from './store.ts';
import type { Tally } from './tally.ts';
import type { Team } from './team.ts';

/** The result of a run. */
export interface RunResult {
  readonly durationMs: number;
  /** Why it ended before its tasks did. */
  readonly failure: BaseError | undefined;
}

/** How often progress is looked at. */
const PROGRESS_MS = 50;
/** How long tasks may still run when the run ends before them. */
const INTERRUPT_MS = 1;

/**
 * Lets planner, workers and editor work until every task is done or has failed, Redis is lost or the
 * signal ends it; never rejects.
 */
export async function runAgents(
  chunks: readonly Chunk[],
  shop: Workshop,
  team: Team,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunResult> {
  const started = performance.now();
  const failed = new AbortController();
  const either = AbortSignal.any([signal, team.lost, failed.signal]);
  let failure: BaseError | undefined;
  const giveUp = (thrown: unknown): void => {
    const cause = either.aborted ? either.reason : thrown;
    failure ??= convertException(cause, { defaultCode: ErrorCode.UNKNOWN_ERROR });
    failed.abort(failure);
  };
  try {
    const planning = plan(chunks, shop, either);
    await Promise.all(
      [planning, watch(planning, shop, progress, either)].map((each) => each.catch(giveUp)),
    );
  } finally {
    progress.finish();
    await team.stop(INTERRUPT_MS);
  }
  return { durationMs: performance.now() - started, failure };
}

/** Shows progress until no task is pending. */
async function watch(
  planning: Promise<void>,
  shop: Workshop,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { tally, queues, store } = shop;
  let isPlanned = false;
  void planning.then(
    () => {
      isPlanned = true;
    },
    () => undefined,
  );
  for (;;) {
    const wasPlanned = isPlanned;
    const { pending, failed } = await remember(shop, () => standingOf(queues), signal);
    tally.failed = failed;
    tally.done = await remember(shop, () => store.done(), signal);
    progress.update(stateOf(tally));
    if (wasPlanned && pending === 0) break;
    await pause(PROGRESS_MS, undefined, { signal });
  }
  const { tasks, done, failed } = tally;
  if (done + failed >= tasks) return;
  const message = `${tasks - done - failed} tasks are in no queue any more: Redis has lost them.`;
  throw new TaskError({ code: ErrorCode.TASK_NOT_FOUND, message });
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
