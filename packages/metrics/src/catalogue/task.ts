/** Metrics of tasks and their queues. */
export const TASK = {
  created: {
    name: 'tasks_created_total',
    type: 'counter',
    help: 'Tasks created',
    labels: ['task_type'],
  },
  retries: {
    name: 'task_retries_total',
    type: 'counter',
    help: 'Retries of failed tasks',
    labels: ['task_type'],
  },
  consumed: {
    name: 'tasks_consumed_total',
    type: 'counter',
    help: 'Tasks taken from a queue by a dispatcher',
    labels: ['task_type', 'dispatcher_id'],
  },
  completed: {
    name: 'tasks_completed_total',
    type: 'counter',
    help: 'Completed tasks by outcome',
    labels: ['task_type', 'status'],
  },
  duration: {
    name: 'task_duration_seconds',
    type: 'histogram',
    help: 'Time from the start of a task to its end',
    labels: ['task_type', 'status'],
    buckets: 'TASK',
  },
  queueWait: {
    name: 'task_queue_wait_seconds',
    type: 'histogram',
    help: 'Time a task waits in its queue',
    labels: ['task_type'],
    buckets: 'WAIT',
  },
  inProgress: {
    name: 'tasks_in_progress',
    type: 'gauge',
    help: 'Tasks in progress',
    labels: ['task_type'],
  },
  queueDepth: {
    name: 'task_queue_depth',
    type: 'gauge',
    help: 'Tasks waiting in a queue',
    labels: ['queue'],
  },
} as const;
