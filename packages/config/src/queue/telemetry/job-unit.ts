import { convertException } from '@map/errors';
import { getContext } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { startSpan, type UnitSpan } from '@map/redaction/kernel';
import type { CurrentJob } from '../../work/current-job.ts';
import type { JobContext } from './job-context.ts';
import type { JobAttributes, JobUnit } from './telemetry-types.ts';

/** BullMQ's numbers of the kinds of units that are spans: jobs added, and jobs worked on. */
const KINDS = { 3: 'producer', 4: 'consumer' } as const;
const CONSUMER = 4;
/** The HTTP status of a cancellation. */
const CANCELLED = 499;

/** The attributes of the conventions for messages, by those of BullMQ; data, options and results are left out. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'bullmq.queue.name': ['messaging.destination.name'],
  'bullmq.queue.operation': ['messaging.operation.name'],
  'bullmq.job.id': ['messaging.message.id', 'map.task.id'],
  'bullmq.job.bulk.count': ['messaging.batch.message_count'],
  'bullmq.job.name': ['map.task.type'],
  'bullmq.job.attempts.made': ['map.task.attempt'],
};

/** How a job of the telemetry stands. */
export interface CountedJob extends CurrentJob {
  /** The error of the attempt, which only listeners of the worker receive. */
  error?: unknown;
  /** Set when it has ended for good. */
  outcome: 'success' | 'error' | undefined;
}

/** A unit of BullMQ's work; its housekeeping has no span. */
export class TelemetryUnit implements JobUnit {
  readonly #span: UnitSpan | undefined;
  readonly #kind: number;
  readonly #job: CountedJob | undefined;
  /** Its own, where it does not run in that of the code around it. */
  readonly #context: JobContext;

  constructor(name: string, kind: number, context: JobContext) {
    const { given, isDetached } = context;
    this.#kind = kind;
    this.#context = context;
    this.#job =
      kind === CONSUMER ? { type: undefined, isClaimed: false, outcome: undefined } : undefined;
    const spanKind = KINDS[kind as keyof typeof KINDS];
    if (spanKind === undefined) return;
    const around = isDetached ? given : getContext();
    this.#span = startSpan(() => ({
      name,
      kind: spanKind,
      attributes: { 'messaging.system': 'bullmq', 'messaging.operation.type': KIND_OF[spanKind] },
      ...(around?.given === true && { parent: around.parent }),
    }));
  }

  setSpanOnContext(context: unknown): JobContext {
    return { ...(context as JobContext), ...this.#context, span: this.#span, job: this.#job };
  }

  setAttribute(name: string, value: unknown): void {
    this.setAttributes({ [name]: value });
  }

  setAttributes(attributes: JobAttributes): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      for (const own of NAMES[name] ?? []) this.#span?.set({ [own]: value });
    }
    const { 'bullmq.job.name': type, 'bullmq.job.bulk.names': types } = attributes;
    const { 'bullmq.job.id': id } = attributes;
    // The log context of the attempt has started before BullMQ names its job.
    if (this.#job !== undefined && typeof id === 'string') getContext()?.enter({ task_id: id });
    if (this.#job !== undefined)
      this.#count(this.#job, type, attributes['bullmq.job.attempts.made']);
    else if (this.#kind === 3) countCreated(Array.isArray(types) ? types : [type]);
  }

  addEvent(name: string, attributes: JobAttributes = {}): void {
    if (name !== 'job failed') return;
    const { 'bullmq.job.failed.reason': message } = attributes;
    this.recordException(this.#job?.error ?? message);
  }

  recordException(error: unknown): void {
    const given = typeof error === 'string' ? { name: 'Error', message: error } : error;
    const { code, httpStatus } = convertException(given, { origin: 'task' });
    this.#span?.fail({ type: code, error: given, isError: httpStatus !== CANCELLED });
  }

  end(): void {
    const usd = this.#job?.meter?.usd ?? 0;
    if (usd > 0) this.#span?.set({ 'map.cost_usd': usd });
    this.#span?.end();
  }

  #count(job: CountedJob, type: unknown, attempts: unknown): void {
    if (typeof type === 'string') job.type = type;
    const { outcome } = job;
    if (typeof attempts !== 'number' || outcome === undefined) return;
    const labels = { task_type: job.type, status: outcome };
    getMetricsManager().trackTask('attempts', labels, attempts);
  }
}

const KIND_OF = { producer: 'send', consumer: 'process' } as const;

function countCreated(types: readonly unknown[]): void {
  for (const type of types) {
    if (typeof type === 'string') getMetricsManager().trackTask('created', { task_type: type });
  }
}
