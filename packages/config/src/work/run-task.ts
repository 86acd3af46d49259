import { ErrorCode } from '@map/errors';
import { checkNames, checkString } from '@map/errors/kernel';
import { getMetricsManager, TASKS_IN_PROGRESS } from '@map/metrics';
import { optionNames } from '@map/redaction/kernel';
import { claimJob } from './current-job.ts';
import type { Reported, Unreported, WorkReport } from './report.ts';
import {
  type PossiblyUndefined,
  runUnit,
  type Unit,
  WORK_OPTIONS,
  type Work,
  type WorkOptions,
} from './unit-of-work.ts';

/** Options of {@link runTask}. */
export interface TaskOptions extends WorkOptions {
  /** Kind of task, from a small set: the label `task_type` of the metrics. */
  readonly type: string;
  /** Its id, for every log line. */
  readonly taskId?: string;
  /** The agent that works on it, for every log line. */
  readonly agentId?: string;
  /** The dispatcher that took it from the queue: the label `dispatcher_id` of the metrics. */
  readonly dispatcherId?: string;
  /** When it was queued, in milliseconds since 1970, to measure the wait. */
  readonly queuedAt?: number;
}

const OPTIONS = optionNames<TaskOptions & Unreported>({
  ...WORK_OPTIONS,
  type: true,
  taskId: true,
  agentId: true,
  dispatcherId: true,
  queuedAt: true,
});

/**
 * Runs a task in its own log context: timed, counted, awaited by a shutdown, and with a coded error
 * if it fails.
 *
 * @param options Type and ids of the task, its limits, and the context of its message.
 * @param work The task; it receives a signal that is aborted when it has to stop.
 * @returns What the work returns; with `report: true`, that as `value` beside its `costUsd` and
 * `durationMs`.
 * @throws A coded error: the work's own, converted; `TASK_TIMEOUT_7004` past the limit;
 * `TASK_CANCELLED_7005` when cancelled; `TASK_INTERRUPTED_7007`, retryable, when aborted by a shutdown.
 * @example
 * ```ts
 * import { logger, runTask } from '@map/config';
 *
 * const pages = await runTask({ type: 'ingest', taskId: 'task-456' }, async ({ signal }) => {
 *   signal.throwIfAborted();
 *   logger.info('Reading pages');
 *   return 3;
 * });
 * console.log(pages);
 * ```
 */
export async function runTask<T>(
  options: TaskOptions & Reported,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<WorkReport<T>>;
export async function runTask<T>(
  options: TaskOptions & Unreported,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T>;
export async function runTask<T>(
  options: TaskOptions & (Reported | Unreported),
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T | WorkReport<T>> {
  checkNames('runTask()', options, OPTIONS);
  checkString('type', options.type, 'runTask()');
  return await runUnit(taskUnit(options), work);
}

type TaskUnitOptions = PossiblyUndefined<TaskOptions> &
  Pick<TaskOptions, 'type'> &
  Pick<Unit, 'onCancellable' | 'onResult' | 'report'>;

/** Describes a task as a unit of work. */
export function taskUnit(options: TaskUnitOptions): Unit {
  const { type, taskId, agentId, dispatcherId, queuedAt, carrier } = options;
  const { timeoutMs, budgetUsd, signal, fields, attribution, report } = options;
  const { onCancellable, onResult } = options;
  const metrics = getMetricsManager();
  const labels = { task_type: type };
  const context: { task_id?: string; agent_id?: string } = {};
  if (taskId !== undefined) context.task_id = taskId;
  if (agentId !== undefined) context.agent_id = agentId;
  // Each by its name: a task of a queue is too frequent for copies of the rest.
  return {
    timeoutMs,
    budgetUsd,
    signal,
    carrier,
    fields,
    attribution,
    report,
    onCancellable,
    onResult,
    context,
    name: `task ${type}`,
    origin: 'task',
    owner: type,
    codes: CODES,
    span: () => ({
      name: `task ${type}`,
      kind: carrier === undefined ? 'internal' : 'consumer',
      attributes: {
        'map.task.type': type,
        'map.task.id': taskId,
        'gen_ai.agent.id': agentId,
        'map.task.dispatcher_id': dispatcherId,
      },
    }),
    onBegin: () => {
      claimJob(type);
      metrics.trackTask('consumed', { task_type: type, dispatcher_id: dispatcherId });
      if (queuedAt !== undefined) {
        metrics.trackTask('queueWait', labels, Math.max(0, Date.now() - queuedAt) / 1e3);
      }
      TASKS_IN_PROGRESS.inc(labels);
    },
    onEnd: ({ status, seconds }) => {
      TASKS_IN_PROGRESS.dec(labels);
      const ended = { task_type: type, status };
      metrics.trackTask('completed', ended);
      metrics.trackTask('duration', ended, seconds);
    },
  };
}

const CODES = {
  failed: ErrorCode.TASK_ERROR,
  late: ErrorCode.TASK_TIMEOUT,
  cancelled: ErrorCode.TASK_CANCELLED,
};
