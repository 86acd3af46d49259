// The types of the members of a configuration, so that a declaration can name them without another
// import.
export type { ConnectionManager, RegisteredConnection } from '@map/connections';
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
export { type AgentStepOptions, runAgentStep } from './work/run-agent-step.ts';
export { runTask, type TaskOptions } from './work/run-task.ts';
export type { Work, WorkOptions, WorkStatus } from './work/unit-of-work.ts';
