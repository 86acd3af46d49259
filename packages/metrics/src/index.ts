export type { MetricsAuth, SecretText } from './auth.ts';
export { BUCKETS } from './buckets.ts';
export { CATALOGUE } from './catalogue.ts';
export { errorType } from './error-type.ts';
export type { PromRegistry } from './family.ts';
export {
  AGENT_ERRORS,
  AGENT_HANDOFFS,
  AGENT_OPERATION_DURATION,
  AGENT_OPERATIONS,
  AGENT_RUN_LLM_CALLS,
  AGENT_RUN_TOOL_CALLS,
  AGENTS_ACTIVE,
  CACHE_ENTRIES,
  CACHE_EVICTIONS,
  CACHE_HITS,
  CACHE_MISSES,
  CACHE_OPERATION_DURATION,
  CACHE_SIZE,
  CONNECTION_OPERATION_DURATION,
  CONNECTION_POOL_CONNECTIONS,
  CONNECTION_POOL_CREATED,
  CONNECTION_POOL_ERRORS,
  CONNECTION_POOL_MAX_CONNECTIONS,
  CONNECTION_POOL_PENDING_REQUESTS,
  CONNECTION_POOL_TIMEOUTS,
  CONNECTION_POOL_WAIT,
  HTTP_REQUEST_DURATION,
  HTTP_REQUEST_SIZE,
  HTTP_REQUESTS,
  HTTP_REQUESTS_IN_FLIGHT,
  HTTP_RESPONSE_SIZE,
  LLM_COST,
  LLM_ERRORS,
  LLM_FALLBACKS,
  LLM_REQUEST_DURATION,
  LLM_REQUEST_TOKENS,
  LLM_REQUESTS,
  LLM_REQUESTS_IN_FLIGHT,
  LLM_RETRIES,
  LLM_TIME_PER_OUTPUT_TOKEN,
  LLM_TIME_TO_FIRST_TOKEN,
  LLM_TOKEN_DETAILS,
  LLM_TOKENS,
  MEMORY_ITEMS,
  MEMORY_OPERATION_DURATION,
  MEMORY_OPERATIONS,
  MEMORY_SIZE,
  TASK_DURATION,
  TASK_QUEUE_DEPTH,
  TASK_QUEUE_WAIT,
  TASK_RETRIES,
  TASKS_COMPLETED,
  TASKS_CONSUMED,
  TASKS_CREATED,
  TASKS_IN_PROGRESS,
  TOOL_ERRORS,
  TOOL_EXECUTION_DURATION,
  TOOL_EXECUTIONS,
  TOOL_EXECUTIONS_IN_FLIGHT,
} from './handles.ts';
export type {
  HealthAnswer,
  HealthCheck,
  HealthCheckResult,
  HealthChecks,
  HealthReport,
  HealthSource,
} from './health.ts';
export { MetricsManager } from './manager.ts';
export type {
  DefineGaugeOptions,
  DefineHistogramOptions,
  DefineOptions,
  MetricsOptions,
} from './manager-options.ts';
export type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  Counter,
  Gauge,
  HandleOf,
  Histogram,
  Metric,
} from './metric.ts';
export { MetricsError, type MetricsErrorCode } from './metrics-error.ts';
export type { PromTarget } from './prom-target.ts';
export type { ScrapeContent, ScrapeSource } from './scrape.ts';
export { type MetricsServer, startMetricsServer } from './server.ts';
export type { MetricsServerOptions, MetricsTls } from './server-options.ts';
export { getMetricsManager } from './shared-manager.ts';
export type { ExemplarLabels } from './state.ts';
export { type Outcome, type Timed, type TimedOptions, timedMetric } from './timed-metric.ts';
export { startTimer, type Timer } from './timer.ts';
export type {
  Catalogue,
  Category,
  LabelsOf,
  LabelValue,
  MetricDefinition,
  MetricType,
  NamedLabels,
  TrackArguments,
} from './types.ts';
