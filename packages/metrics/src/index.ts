export { CATALOGUE, type Catalogue, type Category } from './catalogue/catalogue.ts';
export { errorType } from './common/error-type.ts';
export { MetricsError, type MetricsErrorCode } from './common/metrics-error.ts';
export type { ScrapeContent, ScrapedMetric, ScrapeSource } from './exposition/content.ts';
export type { PromRegistry } from './exposition/family.ts';
export { BUCKETS } from './instruments/buckets.ts';
export type {
  LabelsOf,
  LabelValue,
  MetricDefinition,
  MetricType,
  NamedLabels,
  TrackArguments,
} from './instruments/definition.ts';
export type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  Counter,
  ExemplarLabels,
  Gauge,
  HandleOf,
  Histogram,
  Metric,
} from './instruments/metric.ts';
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
  CONNECTION_CIRCUIT_STATE,
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
  LLM_COST_UNKNOWN,
  LLM_ERRORS,
  LLM_FALLBACKS,
  LLM_REQUEST_DURATION,
  LLM_REQUEST_TOKENS,
  LLM_REQUESTS,
  LLM_REQUESTS_IN_FLIGHT,
  LLM_REQUESTS_WITHOUT_USAGE,
  LLM_RETRIES,
  LLM_TIME_PER_OUTPUT_TOKEN,
  LLM_TIME_TO_FIRST_TOKEN,
  LLM_TOKEN_DETAILS,
  LLM_TOKENS,
  MEMORY_ITEMS,
  MEMORY_OPERATION_DURATION,
  MEMORY_OPERATIONS,
  MEMORY_SIZE,
  TASK_ATTEMPTS,
  TASK_DURATION,
  TASK_FAILURES,
  TASK_QUEUE_DEPTH,
  TASK_QUEUE_JOBS,
  TASK_QUEUE_WAIT,
  TASK_RETRIES,
  TASK_STALLED,
  TASKS_COMPLETED,
  TASKS_CONSUMED,
  TASKS_CREATED,
  TASKS_IN_PROGRESS,
  TOOL_ERRORS,
  TOOL_EXECUTION_DURATION,
  TOOL_EXECUTIONS,
  TOOL_EXECUTIONS_IN_FLIGHT,
} from './manager/handles.ts';
export { MetricsManager } from './manager/manager.ts';
export type {
  DefineGaugeOptions,
  DefineHistogramOptions,
  DefineOptions,
  MetricsOptions,
} from './manager/options.ts';
export { getMetricsManager } from './manager/shared-manager.ts';
export type { PromTarget } from './prom-client/prom-target.ts';
export type { MetricsAuth } from './server/auth.ts';
export type {
  HealthAnswer,
  HealthCheck,
  HealthCheckResult,
  HealthChecks,
  HealthReport,
  HealthRequest,
  HealthResponse,
  HealthSource,
  HealthStatus,
} from './server/health.ts';
export { type HealthHandlerOptions, healthHandler } from './server/health-handler.ts';
export type { MetricsServerOptions, MetricsTls } from './server/options.ts';
export { type MetricsServer, startMetricsServer } from './server/server.ts';
export type { ErrorUrl, PageSetting, StatusPageOptions } from './status-page/options.ts';
export { type Outcome, type Timed, type TimedOptions, timedMetric } from './timing/timed-metric.ts';
export { startTimer, type Timer } from './timing/timer.ts';
