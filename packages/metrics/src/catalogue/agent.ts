/** Metrics of agents. */
export const AGENT = {
  operations: {
    name: 'agent_operations_total',
    type: 'counter',
    help: 'Operations of agents' as string,
    labels: ['agent', 'operation', 'status'],
  },
  duration: {
    name: 'agent_operation_duration_seconds',
    type: 'histogram',
    help: 'Time of one operation of an agent' as string,
    labels: ['agent', 'operation', 'status'],
    buckets: 'AGENT',
    errors: 'errors',
  },
  errors: {
    name: 'agent_errors_total',
    type: 'counter',
    help: 'Failed operations of agents' as string,
    labels: ['agent', 'operation', 'error_type'],
  },
  handoffs: {
    name: 'agent_handoffs_total',
    type: 'counter',
    help: 'Handoffs from one agent to another' as string,
    labels: ['from_agent', 'to_agent'],
  },
  llmCalls: {
    name: 'agent_run_llm_calls',
    type: 'histogram',
    help: 'Model requests in one run of an agent' as string,
    labels: ['agent'],
    buckets: 'CALLS',
  },
  toolCalls: {
    name: 'agent_run_tool_calls',
    type: 'histogram',
    help: 'Tool executions in one run of an agent' as string,
    labels: ['agent'],
    buckets: 'CALLS',
  },
  active: {
    name: 'agents_active',
    type: 'gauge',
    help: 'Active agents' as string,
    labels: ['agent'],
  },
} as const;
