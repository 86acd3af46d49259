export type { TaskQueueOptions } from '../queue/queue-options.ts';
export { runWorker } from '../queue/run-worker.ts';
export { TaskQueue, taskQueue } from '../queue/task-queue.ts';
export type { TaskHandlers, TaskWork, TaskWorker } from '../queue/task-work.ts';
export type {
  AddedTask,
  AddOptions,
  FlowTask,
  NewTask,
  QueueCounts,
  TaskData,
  TaskTypeOf,
  TaskTypes,
} from '../queue/types.ts';
export type { WorkerOptions } from '../queue/worker-options.ts';
