export { mapJobTelemetry } from '../queue/telemetry/job-telemetry.ts';
export type {
  JobAttributes,
  JobTelemetry,
  JobUnit,
  WatchedJob,
  WatchedWorker,
} from '../queue/telemetry/telemetry-types.ts';
