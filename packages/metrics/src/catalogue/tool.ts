/** Metrics of tool executions. */
export const TOOL = {
  executions: {
    name: 'tool_executions_total',
    type: 'counter',
    help: 'Tool executions' as string,
    labels: ['tool', 'status'],
  },
  duration: {
    name: 'tool_execution_duration_seconds',
    type: 'histogram',
    help: 'Time of one tool execution' as string,
    labels: ['tool', 'status'],
    buckets: 'TOOL',
    errors: 'errors',
  },
  errors: {
    name: 'tool_errors_total',
    type: 'counter',
    help: 'Failed tool executions' as string,
    labels: ['tool', 'error_type'],
  },
  inFlight: {
    name: 'tool_executions_in_flight',
    type: 'gauge',
    help: 'Tool executions in flight' as string,
    labels: ['tool'],
  },
} as const;
