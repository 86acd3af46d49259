export { type AppLogger, type LoggingTools, logger } from './app-logger.ts';
export { closeServer, type ServerLike } from './close-server.ts';
export type {
  Config,
  ExtendContext,
  InitializeOptions,
  SettingsSource,
  StepName,
} from './config.ts';
export { type DeadlineOptions, withDeadline } from './deadline.ts';
export {
  type CheckReport,
  type HealthCheck,
  type HealthCheckOptions,
  HealthRegistry,
  type HealthRegistryOptions,
  type HealthReport,
} from './health.ts';
export { initializeConfig } from './initialize-config.ts';
export type { ShutdownHook, ShutdownPhase, ShutdownReport } from './lifecycle.ts';
export { type ProblemAnswer, type ProblemTarget, problemHandler, toProblem } from './problem.ts';
export { type RequestLike, type ResponseLike, requestContext } from './request-context.ts';
export { type AgentStepOptions, runAgentStep } from './run-agent-step.ts';
export { runTask, type TaskOptions } from './run-task.ts';
export type { EndingReport } from './sequence.ts';
export { settings } from './settings-binding.ts';
export type { StepReport } from './step.ts';
export type { Work, WorkOptions, WorkStatus } from './unit-of-work.ts';
