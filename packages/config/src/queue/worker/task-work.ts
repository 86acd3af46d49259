import type { Work } from '../../work/unit-of-work.ts';
import type { TaskData, TaskTypeOf, TaskTypes } from '../data/types.ts';

/** The second argument of a handler. */
export interface TaskWork extends Work {
  readonly id: string;
  readonly type: string;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /**
   * Returns the results of the tasks that this one waited for, by their keys in Redis.
   * @throws A coded error if Redis does not reply.
   */
  childResults(): Promise<Record<string, unknown>>;
}

/** A function for every type of task of a queue. */
export type TaskHandlers<T extends TaskTypes> = {
  readonly [K in TaskTypeOf<T>]: (data: TaskData<T, K>, work: TaskWork) => unknown;
};

/** A worker of this process. */
export interface TaskWorker extends AsyncDisposable {
  /** Name of its queue. */
  readonly queue: string;
  /** Whether it takes tasks. */
  readonly running: boolean;
  /**
   * Takes no more tasks and waits for those that run; a shutdown does so by itself.
   *
   * @param options `timeoutMs` is the limit after which what still runs is interrupted and returned
   * to the queue, in milliseconds; none by default. Without a limit, results wait for a Redis that is
   * away; with one, they are left behind when Redis has not taken them within its command timeout:
   * another process does these tasks again. A task of this worker that calls it does not wait.
   * @throws `CONFIG_INVALID_3002` for a limit that cannot be used; nothing is closed then.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
