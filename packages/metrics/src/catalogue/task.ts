/** Metrics of tasks and their queues. */
export const TASK = {
  created: {
    name: 'tasks_created_total',
    type: 'counter',
    help: 'Tasks created' as string,
    labels: ['task_type'],
  },
  retries: {
    name: 'task_retries_total',
    type: 'counter',
    help: 'Retries of failed tasks' as string,
    labels: ['task_type'],
  },
  consumed: {
    name: 'tasks_consumed_total',
    type: 'counter',
    help: 'Tasks taken from a queue by a dispatcher' as string,
    labels: ['task_type', 'dispatcher_id'],
  },
  completed: {
    name: 'tasks_completed_total',
    type: 'counter',
    help: 'Completed tasks by outcome' as string,
    labels: ['task_type', 'status'],
  },
  duration: {
    name: 'task_duration_seconds',
    type: 'histogram',
    help: 'Time from the start of a task to its end' as string,
    labels: ['task_type', 'status'],
    buckets: 'TASK',
  },
  queueWait: {
    name: 'task_queue_wait_seconds',
    type: 'histogram',
    help: 'Time a task waits in its queue' as string,
    labels: ['task_type'],
    buckets: 'WAIT',
  },
  inProgress: {
    name: 'tasks_in_progress',
    type: 'gauge',
    help: 'Tasks in progress' as string,
    labels: ['task_type'],
  },
  failures: {
    name: 'task_failures_total',
    type: 'counter',
    help: 'Tasks of a queue that failed for good, by error code' as string,
    labels: ['task_type', 'error_type'],
  },
  attempts: {
    name: 'task_attempts',
    type: 'histogram',
    help: 'Attempts that a task of a queue took to succeed or to fail for good' as string,
    labels: ['task_type', 'status'],
    buckets: 'CALLS',
  },
  stalled: {
    name: 'task_stalled_total',
    type: 'counter',
    help: 'Tasks taken back from a process that ended or hangs' as string,
    labels: ['queue'],
  },
  queueDepth: {
    name: 'task_queue_depth',
    type: 'gauge',
    help: 'Tasks waiting in a queue' as string,
    labels: ['queue'],
  },
  queueJobs: {
    name: 'task_queue_jobs',
    type: 'gauge',
    help: 'Tasks of a queue by state' as string,
    labels: ['queue', 'state'],
    values: {
      state: ['waiting', 'prioritized', 'active', 'delayed', 'waiting-children', 'failed'],
    },
  },
} as const;
