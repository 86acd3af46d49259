import { AsyncLocalStorage } from 'node:async_hooks';
import { convertException } from '@map/errors';
import { getMetricsManager } from '@map/metrics';
import { currentJob } from '../../work/current-job.ts';
import { contextOfJob, type JobContext, metadataOf, runInContext } from './job-context.ts';
import { type CountedJob, TelemetryUnit } from './job-unit.ts';
import type { JobAttributes, JobTelemetry, WatchedJob, WatchedWorker } from './telemetry-types.ts';

/** Consumers always get the context of a job, if only a new one. */
const CONSUMER = 4;
const NOTHING: JobContext = {};

/**
 * Telemetry for queues, flows and workers of BullMQ that are used without `taskQueue`: each job
 * continues the trace and the log context of the code that added it, and counts in the metrics
 * `task_*`; with OpenTelemetry, jobs added and attempts are spans. Data and results are not recorded.
 *
 * Jobs are compatible with those of `taskQueue` and `runWorker`.
 *
 * @returns Telemetry for the option `telemetry`. Work that is in flight where it is made stays the
 * work around background loops: make it at start.
 * @example
 * ```ts
 * import { mapJobTelemetry } from '@map/config/bullmq-telemetry';
 *
 * const telemetry = mapJobTelemetry();
 * // new Queue('mails', { connection, telemetry })
 * // telemetry.watch(new Worker('mails', send, { connection, telemetry }))
 * console.log(typeof telemetry.watch);
 * ```
 */
export function mapJobTelemetry(): JobTelemetry {
  const outside = AsyncLocalStorage.snapshot() as <R>(run: () => R) => R;
  const ofJob = (metadata: unknown) => outside(() => contextOfJob(metadata));
  return {
    tracer: {
      startSpan: (name, options, context) => {
        const kind = options?.kind ?? 0;
        const given = (context ?? NOTHING) as JobContext;
        const own = kind === CONSUMER && given.given === undefined ? ofJob(undefined) : given;
        const start = () => new TelemetryUnit(name, kind, own);
        return own.isDetached ? outside(start) : start();
      },
    },
    contextManager: {
      with: (context, run) =>
        runInContext(context as JobContext, outside, run as unknown as () => never),
      active: () => NOTHING,
      root: () => ({ isDetached: true }),
      getMetadata: (context) => metadataOf(context as JobContext),
      fromMetadata: (_active, metadata) => ofJob(metadata),
    },
    meter: {
      createCounter: (name) => ({ add: () => countOutcome(name) }),
      createHistogram: () => ({ record: recordDuration }),
      createGauge: () => ({ record: recordJobs }),
    },
    watch: (worker) => watch(worker),
  };
}

function countOutcome(name: string): void {
  const job = currentJob() as CountedJob | undefined;
  const metrics = getMetricsManager();
  const labels = { task_type: job?.type };
  if (job === undefined) return;
  if (name === 'bullmq.jobs.completed') job.outcome = 'success';
  else if (name === 'bullmq.jobs.failed') job.outcome = 'error';
  else if (/\.(delayed|retried)$/.test(name)) metrics.trackTask('retries', labels);
  else return;
  if (job.isClaimed) return;
  const status = job.outcome ?? 'error';
  metrics.trackTask('consumed', labels);
  metrics.trackTask('completed', { ...labels, status });
}

/** The duration of an attempt, in milliseconds. */
function recordDuration(milliseconds: number, attributes: JobAttributes = {}): void {
  const state = attributes['bullmq.job.state'];
  const job = currentJob();
  if (job === undefined || job.isClaimed || state === 'waiting-children') return;
  const labels = {
    task_type: job.type,
    status: state === 'completed' ? 'success' : 'error',
  } as const;
  getMetricsManager().trackTask('duration', labels, milliseconds / 1e3);
}

/** The number of jobs of a queue in one state, when the application asks BullMQ for it. */
function recordJobs(value: number, attributes: JobAttributes = {}): void {
  const { 'bullmq.queue.name': queue, 'bullmq.queue.jobs.state': state } = attributes;
  if (typeof queue !== 'string' || typeof state !== 'string') return;
  getMetricsManager().trackTask('queueJobs', { queue, state: state as 'waiting' }, value);
}

function watch<W extends WatchedWorker>(worker: W): W {
  const metrics = getMetricsManager();
  worker.on('active', (job) => {
    // Later attempts have waited for their turn as well as for the retry.
    if (job.attemptsMade > 0) return;
    const seconds = ((job.processedOn ?? Date.now()) - job.timestamp - (job.opts.delay ?? 0)) / 1e3;
    metrics.trackTask('queueWait', { task_type: job.name }, Math.max(0, seconds));
  });
  worker.on('failed', (job, error) => {
    const attempt = currentJob() as CountedJob | undefined;
    if (attempt !== undefined) attempt.error = error;
    if (job === undefined || !hasEnded(job)) return;
    const { code } = convertException(error, { origin: 'task' });
    metrics.trackTask('failures', { task_type: job.name, error_type: code });
  });
  return worker;
}

/** Whether it is not tried again. */
function hasEnded({ finishedOn }: WatchedJob): boolean {
  return finishedOn !== undefined;
}
