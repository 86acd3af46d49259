/*
 * The interface `Telemetry` of BullMQ, by its shape: its declarations need further packages, which a
 * user of this one may not have.
 */

/** Attributes of BullMQ. */
export interface JobAttributes {
  readonly [name: string]: unknown;
}

/** A unit of BullMQ's work. */
export interface JobUnit {
  setSpanOnContext(context: unknown): unknown;
  setAttribute(name: string, value: unknown): void;
  setAttributes(attributes: JobAttributes): void;
  addEvent(name: string, attributes?: JobAttributes): void;
  recordException(error: unknown): void;
  end(): void;
}

/** The part of a worker that is watched. */
export interface WatchedWorker {
  on(event: 'active', listener: (job: WatchedJob) => void): unknown;
  on(event: 'failed', listener: (job: WatchedJob | undefined, error: Error) => void): unknown;
}

/** The part of a job that is read. */
export interface WatchedJob {
  readonly name: string;
  readonly timestamp: number;
  readonly processedOn?: number | undefined;
  readonly finishedOn?: number | undefined;
  readonly attemptsMade: number;
  readonly opts: { readonly delay?: number | undefined };
}

/** Telemetry for the option `telemetry` of BullMQ's queues, flows and workers. */
export interface JobTelemetry {
  readonly tracer: {
    startSpan(name: string, options?: { readonly kind: number }, context?: unknown): JobUnit;
  };
  readonly contextManager: {
    with<A extends (...args: never[]) => unknown>(context: unknown, run: A): ReturnType<A>;
    active(): unknown;
    root(): unknown;
    getMetadata(context: unknown): string;
    fromMetadata(active: unknown, metadata: string): unknown;
  };
  readonly meter: {
    createCounter(name: string): { add(value: number, attributes?: JobAttributes): void };
    createHistogram(name: string): { record(value: number, attributes?: JobAttributes): void };
    createGauge(name: string): { record(value: number, attributes?: JobAttributes): void };
  };
  /**
   * Adds what BullMQ tells a worker's listeners alone: the wait, and the error of a job that failed
   * for good.
   *
   * @param worker A worker of BullMQ.
   * @returns The worker.
   */
  watch<W extends WatchedWorker>(worker: W): W;
}
