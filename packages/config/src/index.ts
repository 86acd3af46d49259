// The types of the members of a configuration, so that a declaration can name them without another
// import. With the modules of the entries in a program, the compiler finds names for all others, also
// where pnpm hides the packages behind them: `export const redis = config.connections.getRedisConnection()`.
export type { ConnectionManager, RegisteredConnection } from '@map/connections';
export type { RetryAttempt, RetryEvent, RetryOptions } from '@map/errors/retry';
export type {
  CheckReport,
  EndingReport,
  HealthCheck,
  HealthCheckOptions,
  HealthReport,
  ShutdownHook,
  ShutdownPhase,
  ShutdownReport,
  StepReport,
} from '@map/lifecycle';
export {
  closeServer,
  type DeadlineOptions,
  HealthRegistry,
  type HealthRegistryOptions,
  type ServerLike,
  withDeadline,
} from '@map/lifecycle';
export type { ContextLogger, TraceLogger } from '@map/logger';
export type {
  Counter,
  Gauge,
  Histogram,
  MetricsManager,
  MetricsServer,
} from '@map/metrics';
export type { Secret } from '@map/redaction';
export type { LLMProviderConfig, Settings, SettingsDefinition } from '@map/settings';
export type {} from './entries/connections.ts';
export type {} from './entries/errors.ts';
export type {} from './entries/lifecycle.ts';
export type {} from './entries/logger.ts';
export type {} from './entries/metrics.ts';
export type {} from './entries/redaction.ts';
export type {} from './entries/settings.ts';
export type {
  Config,
  ExtendContext,
  InitializeOptions,
  SettingsSource,
  StepName,
} from './start/config.ts';
export { initializeConfig } from './start/initialize-config.ts';
export { settings } from './start/settings-binding.ts';
export { type AppLogger, type LoggingTools, logger } from './wiring/app-logger.ts';
export type { ProviderOptions } from './wiring/providers.ts';
export type { WarmUpPart } from './wiring/warm-up.ts';
export type { Reported, Unreported, WorkReport } from './work/report.ts';
export { retry } from './work/retry.ts';
export { type AgentStepOptions, runAgentStep } from './work/run-agent-step.ts';
export { runTask, type TaskOptions } from './work/run-task.ts';
export { runTool, type ToolOptions } from './work/run-tool.ts';
export type { WorkStatus } from './work/stop.ts';
export type { Work, WorkOptions } from './work/unit-of-work.ts';
