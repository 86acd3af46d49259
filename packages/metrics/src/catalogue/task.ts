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
    help: 'Tasks tried again after a failure',
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
    help: 'Tasks that ended, by how they ended',
    labels: ['task_type', 'status'],
  },
  duration: {
    name: 'task_duration_seconds',
    type: 'histogram',
    help: 'Time from taking a task to its end',
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
    help: 'Tasks being worked on now',
    labels: ['task_type'],
  },
  queueDepth: {
    name: 'task_queue_depth',
    type: 'gauge',
    help: 'Tasks waiting in a queue now',
    labels: ['queue'],
  },
} as const;
