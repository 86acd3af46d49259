/** Metrics of agent memory. */
export const MEMORY = {
  operations: {
    name: 'agent_memory_operations_total',
    type: 'counter',
    help: 'Operations on agent memory' as string,
    labels: ['memory_type', 'operation_type', 'status'],
  },
  duration: {
    name: 'agent_memory_operation_duration_seconds',
    type: 'histogram',
    help: 'Time of one operation on agent memory' as string,
    labels: ['memory_type', 'operation_type'],
    buckets: 'FAST',
  },
  items: {
    name: 'agent_memory_items',
    type: 'gauge',
    help: 'Items held in agent memory' as string,
    labels: ['memory_type'],
  },
  size: {
    name: 'agent_memory_size_bytes',
    type: 'gauge',
    help: 'Size of agent memory' as string,
    labels: ['memory_type'],
  },
} as const;
