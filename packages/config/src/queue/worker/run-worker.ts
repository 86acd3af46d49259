import { optionError } from '@map/errors/kernel';
import type { TaskQueue } from '../add/task-queue.ts';
import { coreOf } from '../core/queue-core.ts';
import type { TaskTypes } from '../data/types.ts';
import { QueueWorker } from './queue-worker.ts';
import type { AnyHandler } from './task-run.ts';
import type { TaskHandlers, TaskWorker } from './task-work.ts';
import { type WorkerOptions, workerSettings } from './worker-options.ts';

/**
 * Works through a queue: each task runs through `runTask`, is retried by the code of its error and
 * `retryAfterMs`, and fails at once where a retry cannot help.
 *
 * A shutdown takes no more tasks, lets those that run complete within its limit, and returns the
 * rest to the queue. The tasks of a process that was killed are taken by another one.
 *
 * @param queue What `taskQueue` returned.
 * @param handlers A function for every type of the queue. A task may run more than once, so each has
 * to be idempotent.
 * @param options Concurrency and limits.
 * @returns The worker, which runs; it connects in the background.
 * @throws `CONFIG_INVALID_3002` for a handler that is missing or an option that cannot be used;
 * `CONFIG_MISSING_3001` if BullMQ is not installed.
 * @example
 * ```ts
 * import { Type } from '@sinclair/typebox';
 * import { initializeConfig } from '@map/config';
 * import { runWorker, taskQueue } from '@map/config/bullmq';
 *
 * const config = await initializeConfig({ metricsServer: false });
 * const mails = taskQueue('mails', { types: { welcome: Type.Object({ to: Type.String() }) } });
 * const done = Promise.withResolvers<string>();
 * await runWorker(mails, { welcome: ({ to }) => done.resolve(to) });
 * await mails.add('welcome', { to: 'ada@example.org' });
 * console.log(await done.promise);
 * await config.shutdown();
 * ```
 */
export async function runWorker<T extends TaskTypes>(
  queue: TaskQueue<T>,
  handlers: TaskHandlers<T>,
  options: WorkerOptions = {},
): Promise<TaskWorker> {
  const core = coreOf(queue);
  const { name, types } = core.settings;
  const settings = workerSettings(name, options ?? {});
  const bound: Record<string, AnyHandler> = {};
  for (const type of Object.keys(types)) {
    const handler: unknown = (handlers as Record<string, unknown> | undefined)?.[type];
    if (typeof handler !== 'function') {
      const of = `queue "${name}"`;
      throw optionError(`handlers.${type}`, 'a function', handler, { of });
    }
    // They may be methods of a class.
    bound[type] = handler.bind(handlers);
  }
  return new QueueWorker(core, await core.open(), bound, settings);
}
