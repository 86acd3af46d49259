import { handle } from './catalogue-handle.ts';
import type { HandleOf } from './metric.ts';
import type { Catalogue } from './types.ts';

/** The counter `http_requests_total`. */
export const HTTP_REQUESTS: HandleOf<Catalogue['http']['requests']> = /* @__PURE__ */ handle(
  'http',
  'requests',
);
/** The histogram `http_request_duration_seconds`. */
export const HTTP_REQUEST_DURATION: HandleOf<Catalogue['http']['duration']> =
  /* @__PURE__ */ handle('http', 'duration');
/** The histogram `http_request_size_bytes`. */
export const HTTP_REQUEST_SIZE: HandleOf<Catalogue['http']['requestSize']> = /* @__PURE__ */ handle(
  'http',
  'requestSize',
);
/** The histogram `http_response_size_bytes`. */
export const HTTP_RESPONSE_SIZE: HandleOf<Catalogue['http']['responseSize']> =
  /* @__PURE__ */ handle('http', 'responseSize');
/** The gauge `http_requests_in_flight`. */
export const HTTP_REQUESTS_IN_FLIGHT: HandleOf<Catalogue['http']['inFlight']> =
  /* @__PURE__ */ handle('http', 'inFlight');
/** The counter `tasks_created_total`. */
export const TASKS_CREATED: HandleOf<Catalogue['task']['created']> = /* @__PURE__ */ handle(
  'task',
  'created',
);
/** The counter `task_retries_total`. */
export const TASK_RETRIES: HandleOf<Catalogue['task']['retries']> = /* @__PURE__ */ handle(
  'task',
  'retries',
);
/** The counter `tasks_consumed_total`. */
export const TASKS_CONSUMED: HandleOf<Catalogue['task']['consumed']> = /* @__PURE__ */ handle(
  'task',
  'consumed',
);
/** The counter `tasks_completed_total`. */
export const TASKS_COMPLETED: HandleOf<Catalogue['task']['completed']> = /* @__PURE__ */ handle(
  'task',
  'completed',
);
/** The histogram `task_duration_seconds`. */
export const TASK_DURATION: HandleOf<Catalogue['task']['duration']> = /* @__PURE__ */ handle(
  'task',
  'duration',
);
/** The histogram `task_queue_wait_seconds`. */
export const TASK_QUEUE_WAIT: HandleOf<Catalogue['task']['queueWait']> = /* @__PURE__ */ handle(
  'task',
  'queueWait',
);
/** The gauge `tasks_in_progress`. */
export const TASKS_IN_PROGRESS: HandleOf<Catalogue['task']['inProgress']> = /* @__PURE__ */ handle(
  'task',
  'inProgress',
);
/** The gauge `task_queue_depth`. */
export const TASK_QUEUE_DEPTH: HandleOf<Catalogue['task']['queueDepth']> = /* @__PURE__ */ handle(
  'task',
  'queueDepth',
);
/** The counter `llm_requests_total`. */
export const LLM_REQUESTS: HandleOf<Catalogue['llm']['requests']> = /* @__PURE__ */ handle(
  'llm',
  'requests',
);
/** The histogram `llm_request_duration_seconds`. */
export const LLM_REQUEST_DURATION: HandleOf<Catalogue['llm']['duration']> = /* @__PURE__ */ handle(
  'llm',
  'duration',
);
/** The counter `llm_errors_total`. */
export const LLM_ERRORS: HandleOf<Catalogue['llm']['errors']> = /* @__PURE__ */ handle(
  'llm',
  'errors',
);
/** The counter `llm_tokens_total`. */
export const LLM_TOKENS: HandleOf<Catalogue['llm']['tokens']> = /* @__PURE__ */ handle(
  'llm',
  'tokens',
);
/** The counter `llm_token_details_total`. */
export const LLM_TOKEN_DETAILS: HandleOf<Catalogue['llm']['tokenDetails']> = /* @__PURE__ */ handle(
  'llm',
  'tokenDetails',
);
/** The histogram `llm_request_tokens`. */
export const LLM_REQUEST_TOKENS: HandleOf<Catalogue['llm']['requestTokens']> =
  /* @__PURE__ */ handle('llm', 'requestTokens');
/** The histogram `llm_time_to_first_token_seconds`. */
export const LLM_TIME_TO_FIRST_TOKEN: HandleOf<Catalogue['llm']['timeToFirstToken']> =
  /* @__PURE__ */ handle('llm', 'timeToFirstToken');
/** The histogram `llm_time_per_output_token_seconds`. */
export const LLM_TIME_PER_OUTPUT_TOKEN: HandleOf<Catalogue['llm']['timePerOutputToken']> =
  /* @__PURE__ */ handle('llm', 'timePerOutputToken');
/** The counter `llm_cost_usd_total`. */
export const LLM_COST: HandleOf<Catalogue['llm']['cost']> = /* @__PURE__ */ handle('llm', 'cost');
/** The gauge `llm_requests_in_flight`. */
export const LLM_REQUESTS_IN_FLIGHT: HandleOf<Catalogue['llm']['inFlight']> =
  /* @__PURE__ */ handle('llm', 'inFlight');
/** The counter `llm_fallbacks_total`. */
export const LLM_FALLBACKS: HandleOf<Catalogue['llm']['fallbacks']> = /* @__PURE__ */ handle(
  'llm',
  'fallbacks',
);
/** The counter `llm_retries_total`. */
export const LLM_RETRIES: HandleOf<Catalogue['llm']['retries']> = /* @__PURE__ */ handle(
  'llm',
  'retries',
);
/** The counter `agent_operations_total`. */
export const AGENT_OPERATIONS: HandleOf<Catalogue['agent']['operations']> = /* @__PURE__ */ handle(
  'agent',
  'operations',
);
/** The histogram `agent_operation_duration_seconds`. */
export const AGENT_OPERATION_DURATION: HandleOf<Catalogue['agent']['duration']> =
  /* @__PURE__ */ handle('agent', 'duration');
/** The counter `agent_errors_total`. */
export const AGENT_ERRORS: HandleOf<Catalogue['agent']['errors']> = /* @__PURE__ */ handle(
  'agent',
  'errors',
);
/** The counter `agent_handoffs_total`. */
export const AGENT_HANDOFFS: HandleOf<Catalogue['agent']['handoffs']> = /* @__PURE__ */ handle(
  'agent',
  'handoffs',
);
/** The histogram `agent_run_llm_calls`. */
export const AGENT_RUN_LLM_CALLS: HandleOf<Catalogue['agent']['llmCalls']> = /* @__PURE__ */ handle(
  'agent',
  'llmCalls',
);
/** The histogram `agent_run_tool_calls`. */
export const AGENT_RUN_TOOL_CALLS: HandleOf<Catalogue['agent']['toolCalls']> =
  /* @__PURE__ */ handle('agent', 'toolCalls');
/** The gauge `agents_active`. */
export const AGENTS_ACTIVE: HandleOf<Catalogue['agent']['active']> = /* @__PURE__ */ handle(
  'agent',
  'active',
);
/** The counter `tool_executions_total`. */
export const TOOL_EXECUTIONS: HandleOf<Catalogue['tool']['executions']> = /* @__PURE__ */ handle(
  'tool',
  'executions',
);
/** The histogram `tool_execution_duration_seconds`. */
export const TOOL_EXECUTION_DURATION: HandleOf<Catalogue['tool']['duration']> =
  /* @__PURE__ */ handle('tool', 'duration');
/** The counter `tool_errors_total`. */
export const TOOL_ERRORS: HandleOf<Catalogue['tool']['errors']> = /* @__PURE__ */ handle(
  'tool',
  'errors',
);
/** The gauge `tool_executions_in_flight`. */
export const TOOL_EXECUTIONS_IN_FLIGHT: HandleOf<Catalogue['tool']['inFlight']> =
  /* @__PURE__ */ handle('tool', 'inFlight');
/** The counter `agent_memory_operations_total`. */
export const MEMORY_OPERATIONS: HandleOf<Catalogue['memory']['operations']> =
  /* @__PURE__ */ handle('memory', 'operations');
/** The histogram `agent_memory_operation_duration_seconds`. */
export const MEMORY_OPERATION_DURATION: HandleOf<Catalogue['memory']['duration']> =
  /* @__PURE__ */ handle('memory', 'duration');
/** The gauge `agent_memory_items`. */
export const MEMORY_ITEMS: HandleOf<Catalogue['memory']['items']> = /* @__PURE__ */ handle(
  'memory',
  'items',
);
/** The gauge `agent_memory_size_bytes`. */
export const MEMORY_SIZE: HandleOf<Catalogue['memory']['size']> = /* @__PURE__ */ handle(
  'memory',
  'size',
);
/** The counter `cache_hits_total`. */
export const CACHE_HITS: HandleOf<Catalogue['cache']['hits']> = /* @__PURE__ */ handle(
  'cache',
  'hits',
);
/** The counter `cache_misses_total`. */
export const CACHE_MISSES: HandleOf<Catalogue['cache']['misses']> = /* @__PURE__ */ handle(
  'cache',
  'misses',
);
/** The counter `cache_evictions_total`. */
export const CACHE_EVICTIONS: HandleOf<Catalogue['cache']['evictions']> = /* @__PURE__ */ handle(
  'cache',
  'evictions',
);
/** The gauge `cache_entries`. */
export const CACHE_ENTRIES: HandleOf<Catalogue['cache']['entries']> = /* @__PURE__ */ handle(
  'cache',
  'entries',
);
/** The gauge `cache_size_bytes`. */
export const CACHE_SIZE: HandleOf<Catalogue['cache']['size']> = /* @__PURE__ */ handle(
  'cache',
  'size',
);
/** The histogram `cache_operation_duration_seconds`. */
export const CACHE_OPERATION_DURATION: HandleOf<Catalogue['cache']['duration']> =
  /* @__PURE__ */ handle('cache', 'duration');
/** The gauge `connection_pool_connections`. */
export const CONNECTION_POOL_CONNECTIONS: HandleOf<Catalogue['connection']['connections']> =
  /* @__PURE__ */ handle('connection', 'connections');
/** The gauge `connection_pool_max_connections`. */
export const CONNECTION_POOL_MAX_CONNECTIONS: HandleOf<Catalogue['connection']['maxConnections']> =
  /* @__PURE__ */ handle('connection', 'maxConnections');
/** The gauge `connection_pool_pending_requests`. */
export const CONNECTION_POOL_PENDING_REQUESTS: HandleOf<Catalogue['connection']['pending']> =
  /* @__PURE__ */ handle('connection', 'pending');
/** The counter `connection_pool_created_connections_total`. */
export const CONNECTION_POOL_CREATED: HandleOf<Catalogue['connection']['created']> =
  /* @__PURE__ */ handle('connection', 'created');
/** The counter `connection_pool_timeouts_total`. */
export const CONNECTION_POOL_TIMEOUTS: HandleOf<Catalogue['connection']['timeouts']> =
  /* @__PURE__ */ handle('connection', 'timeouts');
/** The histogram `connection_pool_wait_seconds`. */
export const CONNECTION_POOL_WAIT: HandleOf<Catalogue['connection']['wait']> =
  /* @__PURE__ */ handle('connection', 'wait');
/** The histogram `connection_operation_duration_seconds`. */
export const CONNECTION_OPERATION_DURATION: HandleOf<Catalogue['connection']['duration']> =
  /* @__PURE__ */ handle('connection', 'duration');
/** The counter `connection_pool_errors_total`. */
export const CONNECTION_POOL_ERRORS: HandleOf<Catalogue['connection']['errors']> =
  /* @__PURE__ */ handle('connection', 'errors');
