import type { Catalogue } from '../catalogue/catalogue.ts';
import type { HandleOf } from '../instruments/metric.ts';
import { handle } from './catalogue-handle.ts';

// One constant for each metric of the catalogue; types and behaviour come from its entry there.
type Handle<C extends keyof Catalogue, K extends keyof Catalogue[C]> = HandleOf<Catalogue[C][K]>;

export const HTTP_REQUESTS: Handle<'http', 'requests'> = /* @__PURE__ */ handle('http', 'requests');
export const HTTP_REQUEST_DURATION: Handle<'http', 'duration'> = /* @__PURE__ */ handle(
  'http',
  'duration',
);
export const HTTP_REQUEST_SIZE: Handle<'http', 'requestSize'> = /* @__PURE__ */ handle(
  'http',
  'requestSize',
);
export const HTTP_RESPONSE_SIZE: Handle<'http', 'responseSize'> = /* @__PURE__ */ handle(
  'http',
  'responseSize',
);
export const HTTP_REQUESTS_IN_FLIGHT: Handle<'http', 'inFlight'> = /* @__PURE__ */ handle(
  'http',
  'inFlight',
);

export const TASKS_CREATED: Handle<'task', 'created'> = /* @__PURE__ */ handle('task', 'created');
export const TASK_RETRIES: Handle<'task', 'retries'> = /* @__PURE__ */ handle('task', 'retries');
export const TASKS_CONSUMED: Handle<'task', 'consumed'> = /* @__PURE__ */ handle(
  'task',
  'consumed',
);
export const TASKS_COMPLETED: Handle<'task', 'completed'> = /* @__PURE__ */ handle(
  'task',
  'completed',
);
export const TASK_DURATION: Handle<'task', 'duration'> = /* @__PURE__ */ handle('task', 'duration');
export const TASK_QUEUE_WAIT: Handle<'task', 'queueWait'> = /* @__PURE__ */ handle(
  'task',
  'queueWait',
);
export const TASKS_IN_PROGRESS: Handle<'task', 'inProgress'> = /* @__PURE__ */ handle(
  'task',
  'inProgress',
);
export const TASK_FAILURES: Handle<'task', 'failures'> = /* @__PURE__ */ handle('task', 'failures');
export const TASK_ATTEMPTS: Handle<'task', 'attempts'> = /* @__PURE__ */ handle('task', 'attempts');
export const TASK_STALLED: Handle<'task', 'stalled'> = /* @__PURE__ */ handle('task', 'stalled');
export const TASK_QUEUE_JOBS: Handle<'task', 'queueJobs'> = /* @__PURE__ */ handle(
  'task',
  'queueJobs',
);
export const TASK_QUEUE_DEPTH: Handle<'task', 'queueDepth'> = /* @__PURE__ */ handle(
  'task',
  'queueDepth',
);

export const LLM_REQUESTS: Handle<'llm', 'requests'> = /* @__PURE__ */ handle('llm', 'requests');
export const LLM_REQUEST_DURATION: Handle<'llm', 'duration'> = /* @__PURE__ */ handle(
  'llm',
  'duration',
);
export const LLM_ERRORS: Handle<'llm', 'errors'> = /* @__PURE__ */ handle('llm', 'errors');
export const LLM_TOKENS: Handle<'llm', 'tokens'> = /* @__PURE__ */ handle('llm', 'tokens');
export const LLM_TOKEN_DETAILS: Handle<'llm', 'tokenDetails'> = /* @__PURE__ */ handle(
  'llm',
  'tokenDetails',
);
export const LLM_REQUEST_TOKENS: Handle<'llm', 'requestTokens'> = /* @__PURE__ */ handle(
  'llm',
  'requestTokens',
);
export const LLM_TIME_TO_FIRST_TOKEN: Handle<'llm', 'timeToFirstToken'> = /* @__PURE__ */ handle(
  'llm',
  'timeToFirstToken',
);
export const LLM_TIME_PER_OUTPUT_TOKEN: Handle<'llm', 'timePerOutputToken'> =
  /* @__PURE__ */ handle('llm', 'timePerOutputToken');
export const LLM_COST: Handle<'llm', 'cost'> = /* @__PURE__ */ handle('llm', 'cost');
/** Counts model requests whose cost is unknown. */
export const LLM_COST_UNKNOWN: Handle<'llm', 'costUnknown'> = /* @__PURE__ */ handle(
  'llm',
  'costUnknown',
);
export const LLM_REQUESTS_IN_FLIGHT: Handle<'llm', 'inFlight'> = /* @__PURE__ */ handle(
  'llm',
  'inFlight',
);
export const LLM_REQUESTS_WITHOUT_USAGE: Handle<'llm', 'requestsWithoutUsage'> =
  /* @__PURE__ */ handle('llm', 'requestsWithoutUsage');
export const LLM_FALLBACKS: Handle<'llm', 'fallbacks'> = /* @__PURE__ */ handle('llm', 'fallbacks');
export const LLM_RETRIES: Handle<'llm', 'retries'> = /* @__PURE__ */ handle('llm', 'retries');

export const AGENT_OPERATIONS: Handle<'agent', 'operations'> = /* @__PURE__ */ handle(
  'agent',
  'operations',
);
export const AGENT_OPERATION_DURATION: Handle<'agent', 'duration'> = /* @__PURE__ */ handle(
  'agent',
  'duration',
);
export const AGENT_ERRORS: Handle<'agent', 'errors'> = /* @__PURE__ */ handle('agent', 'errors');
export const AGENT_HANDOFFS: Handle<'agent', 'handoffs'> = /* @__PURE__ */ handle(
  'agent',
  'handoffs',
);
export const AGENT_RUN_LLM_CALLS: Handle<'agent', 'llmCalls'> = /* @__PURE__ */ handle(
  'agent',
  'llmCalls',
);
export const AGENT_RUN_TOOL_CALLS: Handle<'agent', 'toolCalls'> = /* @__PURE__ */ handle(
  'agent',
  'toolCalls',
);
export const AGENTS_ACTIVE: Handle<'agent', 'active'> = /* @__PURE__ */ handle('agent', 'active');

export const TOOL_EXECUTIONS: Handle<'tool', 'executions'> = /* @__PURE__ */ handle(
  'tool',
  'executions',
);
export const TOOL_EXECUTION_DURATION: Handle<'tool', 'duration'> = /* @__PURE__ */ handle(
  'tool',
  'duration',
);
export const TOOL_ERRORS: Handle<'tool', 'errors'> = /* @__PURE__ */ handle('tool', 'errors');
export const TOOL_EXECUTIONS_IN_FLIGHT: Handle<'tool', 'inFlight'> = /* @__PURE__ */ handle(
  'tool',
  'inFlight',
);

export const MEMORY_OPERATIONS: Handle<'memory', 'operations'> = /* @__PURE__ */ handle(
  'memory',
  'operations',
);
export const MEMORY_OPERATION_DURATION: Handle<'memory', 'duration'> = /* @__PURE__ */ handle(
  'memory',
  'duration',
);
export const MEMORY_ITEMS: Handle<'memory', 'items'> = /* @__PURE__ */ handle('memory', 'items');
export const MEMORY_SIZE: Handle<'memory', 'size'> = /* @__PURE__ */ handle('memory', 'size');

export const CACHE_HITS: Handle<'cache', 'hits'> = /* @__PURE__ */ handle('cache', 'hits');
export const CACHE_MISSES: Handle<'cache', 'misses'> = /* @__PURE__ */ handle('cache', 'misses');
export const CACHE_EVICTIONS: Handle<'cache', 'evictions'> = /* @__PURE__ */ handle(
  'cache',
  'evictions',
);
export const CACHE_ENTRIES: Handle<'cache', 'entries'> = /* @__PURE__ */ handle('cache', 'entries');
export const CACHE_SIZE: Handle<'cache', 'size'> = /* @__PURE__ */ handle('cache', 'size');
export const CACHE_OPERATION_DURATION: Handle<'cache', 'duration'> = /* @__PURE__ */ handle(
  'cache',
  'duration',
);

export const CONNECTION_CIRCUIT_STATE: Handle<'connection', 'circuit'> = /* @__PURE__ */ handle(
  'connection',
  'circuit',
);
export const CONNECTION_POOL_CONNECTIONS: Handle<'connection', 'connections'> =
  /* @__PURE__ */ handle('connection', 'connections');
export const CONNECTION_POOL_MAX_CONNECTIONS: Handle<'connection', 'maxConnections'> =
  /* @__PURE__ */ handle('connection', 'maxConnections');
export const CONNECTION_POOL_PENDING_REQUESTS: Handle<'connection', 'pending'> =
  /* @__PURE__ */ handle('connection', 'pending');
export const CONNECTION_POOL_CREATED: Handle<'connection', 'created'> = /* @__PURE__ */ handle(
  'connection',
  'created',
);
export const CONNECTION_POOL_TIMEOUTS: Handle<'connection', 'timeouts'> = /* @__PURE__ */ handle(
  'connection',
  'timeouts',
);
export const CONNECTION_POOL_WAIT: Handle<'connection', 'wait'> = /* @__PURE__ */ handle(
  'connection',
  'wait',
);
export const CONNECTION_OPERATION_DURATION: Handle<'connection', 'duration'> =
  /* @__PURE__ */ handle('connection', 'duration');
export const CONNECTION_POOL_ERRORS: Handle<'connection', 'errors'> = /* @__PURE__ */ handle(
  'connection',
  'errors',
);
