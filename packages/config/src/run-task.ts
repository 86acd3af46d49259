import { ErrorCode } from '@map/errors';
import { getMetricsManager, TASKS_IN_PROGRESS } from '@map/metrics';
import { runUnit, type Work, type WorkOptions } from './unit-of-work.ts';

/** What a task is. */
export interface TaskOptions extends WorkOptions {
  /** Kind of task, one of a few: the metrics' label `task_type`. */
  readonly type: string;
  /** Its id, in every log line. */
  readonly taskId?: string;
  /** The agent that works on it, in every log line. */
  readonly agentId?: string;
  /** Who took it from the queue: the metrics' label `dispatcher_id`. */
  readonly dispatcherId?: string;
  /** When it was put into the queue, in milliseconds since 1970, to measure the wait. */
  readonly queuedAt?: number;
}

/**
 * Runs a task: in a context of its own, timed and counted, waited for by a shutdown, with a coded
 * error when it fails.
 *
 * @param options What the task is, and what its message brought along.
 * @param work The task; it is given a signal that tells it to stop.
 * @returns What the work returns.
 * @throws A coded error: the work's own, converted; `TASK_TIMEOUT_7004` past the limit;
 * `TASK_CANCELLED_7005` when cancelled or given up by a shutdown.
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
export function runTask<T>(
  options: TaskOptions,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T> {
  const { type, taskId, agentId, dispatcherId, queuedAt, ...rest } = options;
  const metrics = getMetricsManager();
  const labels = { task_type: type };
  return runUnit(
    {
      ...rest,
      name: `task ${type}`,
      origin: 'task',
      codes: {
        failed: ErrorCode.TASK_ERROR,
        late: ErrorCode.TASK_TIMEOUT,
        gone: ErrorCode.TASK_CANCELLED,
      },
      context: {
        ...(taskId !== undefined && { task_id: taskId }),
        ...(agentId !== undefined && { agent_id: agentId }),
      },
      onBegin: () => {
        metrics.trackTask('consumed', { ...labels, dispatcher_id: dispatcherId });
        if (queuedAt !== undefined) {
          metrics.trackTask('queueWait', labels, Math.max(0, Date.now() - queuedAt) / 1e3);
        }
        TASKS_IN_PROGRESS.inc(labels);
      },
      onEnd: ({ status, seconds }) => {
        TASKS_IN_PROGRESS.dec(labels);
        metrics.trackTask('completed', { ...labels, status });
        metrics.trackTask('duration', { ...labels, status }, seconds);
      },
    },
    work,
  );
}
