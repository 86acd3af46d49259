/**
 * Every metric of the platform as plain data: types, handles, documentation, dashboards and
 * alerts are all made from this one object.
 *
 * `errors` names the counter of the same category that counts what a failed timing is.
 *
 * @example
 * ```ts
 * import { CATALOGUE } from '@map/metrics';
 *
 * console.log(CATALOGUE.llm.tokens.name); // llm_tokens_total
 * ```
 */
export const CATALOGUE = {
  http: {
    requests: {
      name: 'http_requests_total',
      type: 'counter',
      help: 'HTTP requests answered by this server',
      labels: ['method', 'route', 'status_code'],
    },
    duration: {
      name: 'http_request_duration_seconds',
      type: 'histogram',
      help: 'Time from the first byte of an HTTP request to the end of its answer',
      labels: ['method', 'route', 'status_code'],
      buckets: 'HTTP',
    },
    requestSize: {
      name: 'http_request_size_bytes',
      type: 'histogram',
      help: 'Size of HTTP request bodies',
      labels: ['method', 'route'],
      buckets: 'BYTES',
    },
    responseSize: {
      name: 'http_response_size_bytes',
      type: 'histogram',
      help: 'Size of HTTP response bodies',
      labels: ['method', 'route'],
      buckets: 'BYTES',
    },
    inFlight: {
      name: 'http_requests_in_flight',
      type: 'gauge',
      help: 'HTTP requests being answered now',
      labels: ['method'],
    },
  },
  task: {
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
  },
  llm: {
    requests: {
      name: 'llm_requests_total',
      type: 'counter',
      help: 'Requests to a language model',
      labels: ['provider', 'model', 'operation', 'status'],
    },
    duration: {
      name: 'llm_request_duration_seconds',
      type: 'histogram',
      help: 'Time of a model request to its last token (gen_ai.client.operation.duration)',
      labels: ['provider', 'model', 'operation', 'status'],
      buckets: 'LLM',
      errors: 'errors',
    },
    errors: {
      name: 'llm_errors_total',
      type: 'counter',
      help: 'Failed requests to a language model',
      labels: ['provider', 'model', 'error_type'],
    },
    tokens: {
      name: 'llm_tokens_total',
      type: 'counter',
      help: 'Tokens used, by prompt and completion (gen_ai.client.token.usage)',
      labels: ['provider', 'model', 'type'],
      values: { type: ['prompt', 'completion'] },
      aliases: { type: { input: 'prompt', output: 'completion' } },
    },
    tokenDetails: {
      name: 'llm_token_details_total',
      type: 'counter',
      help: 'Cached and reasoning tokens: parts of llm_tokens_total, not more tokens',
      labels: ['provider', 'model', 'detail'],
      values: { detail: ['cache_read', 'cache_write', 'reasoning'] },
    },
    requestTokens: {
      name: 'llm_request_tokens',
      type: 'histogram',
      help: 'Tokens of one request, by prompt and completion',
      labels: ['provider', 'model', 'type'],
      values: { type: ['prompt', 'completion'] },
      aliases: { type: { input: 'prompt', output: 'completion' } },
      buckets: 'TOK',
    },
    timeToFirstToken: {
      name: 'llm_time_to_first_token_seconds',
      type: 'histogram',
      help: 'Time to the first content of a streamed answer (gen_ai time_to_first_chunk)',
      labels: ['provider', 'model'],
      buckets: 'TTFT',
    },
    timePerOutputToken: {
      name: 'llm_time_per_output_token_seconds',
      type: 'histogram',
      help: 'Time per token after the first (gen_ai.server.time_per_output_token)',
      labels: ['provider', 'model'],
      buckets: 'TPOT',
    },
    cost: {
      name: 'llm_cost_usd_total',
      type: 'counter',
      help: 'Cost of model requests in US dollars, from the price table given',
      labels: ['provider', 'model'],
    },
    inFlight: {
      name: 'llm_requests_in_flight',
      type: 'gauge',
      help: 'Model requests without an end yet',
      labels: ['provider', 'model'],
    },
    fallbacks: {
      name: 'llm_fallbacks_total',
      type: 'counter',
      help: 'Requests passed from one model to another',
      labels: ['from_model', 'to_model', 'reason'],
    },
    retries: {
      name: 'llm_retries_total',
      type: 'counter',
      help: 'Model requests tried again',
      labels: ['provider', 'model', 'reason'],
    },
  },
  agent: {
    operations: {
      name: 'agent_operations_total',
      type: 'counter',
      help: 'Operations run by agents',
      labels: ['agent', 'operation', 'status'],
    },
    duration: {
      name: 'agent_operation_duration_seconds',
      type: 'histogram',
      help: 'Time of one operation of an agent',
      labels: ['agent', 'operation', 'status'],
      buckets: 'AGENT',
      errors: 'errors',
    },
    errors: {
      name: 'agent_errors_total',
      type: 'counter',
      help: 'Failed operations of agents',
      labels: ['agent', 'operation', 'error_type'],
    },
    handoffs: {
      name: 'agent_handoffs_total',
      type: 'counter',
      help: 'Work handed from one agent to another',
      labels: ['from_agent', 'to_agent'],
    },
    llmCalls: {
      name: 'agent_run_llm_calls',
      type: 'histogram',
      help: 'Model requests in one run of an agent',
      labels: ['agent'],
      buckets: 'CALLS',
    },
    toolCalls: {
      name: 'agent_run_tool_calls',
      type: 'histogram',
      help: 'Tool executions in one run of an agent',
      labels: ['agent'],
      buckets: 'CALLS',
    },
    active: {
      name: 'agents_active',
      type: 'gauge',
      help: 'Agents at work now',
      labels: ['agent'],
    },
  },
  tool: {
    executions: {
      name: 'tool_executions_total',
      type: 'counter',
      help: 'Tool executions',
      labels: ['tool', 'status'],
    },
    duration: {
      name: 'tool_execution_duration_seconds',
      type: 'histogram',
      help: 'Time of one tool execution',
      labels: ['tool', 'status'],
      buckets: 'TOOL',
      errors: 'errors',
    },
    errors: {
      name: 'tool_errors_total',
      type: 'counter',
      help: 'Failed tool executions',
      labels: ['tool', 'error_type'],
    },
    inFlight: {
      name: 'tool_executions_in_flight',
      type: 'gauge',
      help: 'Tool executions without an end yet',
      labels: ['tool'],
    },
  },
  memory: {
    operations: {
      name: 'agent_memory_operations_total',
      type: 'counter',
      help: 'Operations on agent memory',
      labels: ['memory_type', 'operation_type', 'status'],
    },
    duration: {
      name: 'agent_memory_operation_duration_seconds',
      type: 'histogram',
      help: 'Time of one operation on agent memory',
      labels: ['memory_type', 'operation_type'],
      buckets: 'FAST',
    },
    items: {
      name: 'agent_memory_items',
      type: 'gauge',
      help: 'Items held in agent memory',
      labels: ['memory_type'],
    },
    size: {
      name: 'agent_memory_size_bytes',
      type: 'gauge',
      help: 'Size of agent memory',
      labels: ['memory_type'],
    },
  },
  cache: {
    hits: {
      name: 'cache_hits_total',
      type: 'counter',
      help: 'Lookups that found an entry',
      labels: ['cache'],
    },
    misses: {
      name: 'cache_misses_total',
      type: 'counter',
      help: 'Lookups that found nothing',
      labels: ['cache'],
    },
    evictions: {
      name: 'cache_evictions_total',
      type: 'counter',
      help: 'Entries removed to make room or by age',
      labels: ['cache', 'reason'],
    },
    entries: {
      name: 'cache_entries',
      type: 'gauge',
      help: 'Entries held in a cache',
      labels: ['cache'],
    },
    size: {
      name: 'cache_size_bytes',
      type: 'gauge',
      help: 'Size of a cache',
      labels: ['cache'],
    },
    duration: {
      name: 'cache_operation_duration_seconds',
      type: 'histogram',
      help: 'Time of one cache operation',
      labels: ['cache', 'operation'],
      buckets: 'CACHE',
    },
  },
  connection: {
    connections: {
      name: 'connection_pool_connections',
      type: 'gauge',
      help: 'Connections of a pool, by state',
      labels: ['pool', 'kind', 'state'],
    },
    maxConnections: {
      name: 'connection_pool_max_connections',
      type: 'gauge',
      help: 'Connections that a pool may open',
      labels: ['pool', 'kind'],
    },
    pending: {
      name: 'connection_pool_pending_requests',
      type: 'gauge',
      help: 'Callers that wait for a connection now',
      labels: ['pool', 'kind'],
    },
    created: {
      name: 'connection_pool_created_connections_total',
      type: 'counter',
      help: 'Connections opened by a pool',
      labels: ['pool', 'kind'],
    },
    timeouts: {
      name: 'connection_pool_timeouts_total',
      type: 'counter',
      help: 'Callers that waited for a connection in vain',
      labels: ['pool', 'kind'],
    },
    wait: {
      name: 'connection_pool_wait_seconds',
      type: 'histogram',
      help: 'Time a caller waits for a connection',
      labels: ['pool', 'kind'],
      buckets: 'FAST',
    },
    duration: {
      name: 'connection_operation_duration_seconds',
      type: 'histogram',
      help: 'Time of one operation on a connection',
      labels: ['pool', 'kind', 'operation', 'status'],
      buckets: 'FAST',
      errors: 'errors',
    },
    errors: {
      name: 'connection_pool_errors_total',
      type: 'counter',
      help: 'Failed operations and connections of a pool',
      labels: ['pool', 'kind', 'error_type'],
    },
  },
  self: {
    utilization: {
      name: 'nodejs_eventloop_utilization_ratio',
      type: 'gauge',
      help: 'Share of time the event loop is busy since the scrape before',
      labels: [],
    },
    buildInfo: {
      name: 'map_build_info',
      type: 'gauge',
      help: 'Version of the application and of Node.js, always 1',
      labels: ['version', 'node_version'],
    },
    series: {
      name: 'metrics_series',
      type: 'gauge',
      help: 'Label combinations held in memory',
      labels: [],
    },
    overflow: {
      name: 'metrics_label_overflow_total',
      type: 'counter',
      help: 'Measurements kept under the label value other, as a metric had too many series',
      labels: ['metric'],
    },
    rejected: {
      name: 'metrics_rejected_total',
      type: 'counter',
      help: 'Measurements with a wrong value (dropped) or a wrong label (kept without it)',
      labels: ['metric', 'reason'],
      values: { reason: ['value', 'label', 'collect'] },
    },
    scrapeDuration: {
      name: 'metrics_scrape_duration_seconds',
      type: 'histogram',
      help: 'Time to answer a scrape',
      labels: [],
      buckets: 'FAST',
    },
  },
} as const;
