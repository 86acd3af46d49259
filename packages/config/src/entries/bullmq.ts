export { TaskQueue, taskQueue } from '../queue/add/task-queue.ts';
export type { TaskQueueOptions } from '../queue/core/queue-options.ts';
export type {
  AddedTask,
  AddOptions,
  FlowTask,
  NewTask,
  QueueCounts,
  TaskData,
  TaskTypeOf,
  TaskTypes,
} from '../queue/data/types.ts';
export { runWorker } from '../queue/worker/run-worker.ts';
export type { TaskHandlers, TaskWork, TaskWorker } from '../queue/worker/task-work.ts';
export type { WorkerOptions } from '../queue/worker/worker-options.ts';
