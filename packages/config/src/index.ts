export { type AppLogger, logger } from './app-logger.ts';
export type { Config, ExtendContext, InitializeOptions, StepName } from './config.ts';
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
export type { EndingReport } from './sequence.ts';
export { settings } from './settings-binding.ts';
export type { StepReport } from './step.ts';
