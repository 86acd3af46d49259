export { type DeadlineOptions, withDeadline } from './deadline/deadline.ts';
export {
  type HealthCheck,
  type HealthCheckOptions,
  HealthRegistry,
  type HealthRegistryOptions,
} from './health/registry.ts';
export type { CheckReport, HealthReport, HealthStatus } from './health/report.ts';
export { closeServer, type ServerLike } from './http/close-server.ts';
export {
  type HealthHandler,
  type HealthRequest,
  type HealthResponse,
  type HealthSources,
  healthHandler,
} from './http/health-handler.ts';
export {
  createLifecycle,
  type Lifecycle,
  type LifecycleOptions,
  type ShutdownLimits,
} from './lifecycle.ts';
export type { LifecycleLogger } from './log/log.ts';
export type { ShutdownHook, ShutdownPhase } from './shutdown/hooks.ts';
export type { ShutdownReport } from './shutdown/report.ts';
export type { EndingReport } from './shutdown/sequence.ts';
export type { Step, StepReport } from './start/steps.ts';
export type { InFlight, WorkListeners } from './work/in-flight.ts';
export type { Work } from './work/run-work.ts';
