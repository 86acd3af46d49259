export { mapJobTelemetry } from '../queue/job-telemetry.ts';
export type {
  JobAttributes,
  JobTelemetry,
  JobUnit,
  WatchedJob,
  WatchedWorker,
} from '../queue/telemetry-types.ts';
