import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, TaskError } from '@map/errors';
import { checkNames, optionError } from '@map/errors/kernel';
import { getMetricsManager } from '@map/metrics';
import { MAX_TIMER_MS, optionNames } from '@map/redaction/kernel';
import type { Job, Worker } from 'bullmq';
import { current } from '../../support/current.ts';
import { currentWork } from '../../work/current-work.ts';
import type { Cancellable } from '../../work/stop.ts';
import { isReady, type QueueClient } from '../client/queue-client.ts';
import { KEPT } from '../core/job-defaults.ts';
import type { OpenQueue, QueueCore } from '../core/queue-core.ts';
import { unreadableError } from '../core/queue-error.ts';
import { goneJob, jobWithoutLock } from './bullmq-errors.ts';
import { type AnyHandler, attemptTask, GONE_TASK, waitOf } from './task-run.ts';
import type { TaskWorker } from './task-work.ts';
import { reportUnrunFailure } from './unrun-failure.ts';
import { UnsettledTasks } from './unsettled-tasks.ts';
import type { WorkerSettings } from './worker-options.ts';

/** How often a task may be taken back from a process that ended, before it fails. */
const MAX_STALLED = 3;

/** How long a worker waits after it lost its connection, in milliseconds. */
const LOST_CONNECTION_MS = 1_000;

/** How long a worker rests after Redis refused a command, in milliseconds: at first, and at most. */
const REST_MS = 1_000;
const MAX_REST_MS = 30_000;

/** The errors of a connection that was lost, or is not there yet. */
const LOST_CONNECTION: ReadonlySet<string> = new Set([
  ErrorCode.CONNECTION_REFUSED,
  ErrorCode.CONNECTION_RESET,
  ErrorCode.CONNECTION_TIMEOUT,
  ErrorCode.DNS_FAILURE,
  ErrorCode.CLIENT_CLOSED,
]);

/** How often a worker that closes looks whether BullMQ's loop has ended, in milliseconds. */
const POLL_MS = 10;

const CLOSE_OPTIONS = optionNames<{ timeoutMs: number }>({ timeoutMs: true });

/** A worker of BullMQ with what the lifecycle and the metrics know of it. */
export class QueueWorker implements TaskWorker {
  readonly queue: string;
  readonly #core: QueueCore;
  readonly #worker: Worker;
  readonly #client: QueueClient;
  readonly #undos: (() => void)[] = [];
  readonly #unsettled = new UnsettledTasks();
  /** Tasks that another process may have taken by now. */
  readonly #lost = new Set<string>();
  /** Tasks that were returned since the worker stops. */
  readonly #returned = new Set<string>();
  /** Resolves when nothing waits for Redis any more. */
  readonly #abandoned = Promise.withResolvers<void>();
  #onSettled: () => void = () => undefined;
  #stopping = false;
  /** Ends the rest. */
  #rest: NodeJS.Timeout | undefined;
  /** How often Redis has refused a command since it took the end of a task. */
  #refusals = 0;
  #closing: Promise<void> | undefined;

  constructor(
    core: QueueCore,
    open: OpenQueue,
    handlers: Readonly<Record<string, AnyHandler>>,
    { concurrency, timeoutMs, budgetUsd, lockMs }: WorkerSettings,
  ) {
    const { name } = core.settings;
    const { bullmq, client, prefix } = open;
    const runner = {
      core,
      bullmq,
      handlers,
      timeoutMs,
      budgetUsd,
      lockMs,
      isPaused: () => this.#stopping || this.#rest !== undefined,
      isStopping: () => this.#stopping,
      isLost: (id: string) => this.#lost.has(id),
      onCancellable: (id: string, work: Cancellable) => {
        this.#unsettled.set(id, work);
      },
      changedResults: new Set<string>(),
      onReturned: (id: string) => {
        this.#settle(id);
        const isFirst = !this.#returned.has(id);
        if (this.#stopping) this.#returned.add(id);
        return isFirst;
      },
    };
    this.#core = core;
    this.#client = client;
    this.queue = name;
    this.#worker = new bullmq.Worker(
      name,
      // BullMQ makes a signal for a function of three parameters, which costs more.
      (job: Job, token: string | undefined) => {
        this.#unsettled.set(job.id ?? '', NOT_RUNNING);
        return attemptTask(runner, job, token ?? '');
      },
      {
        connection: client,
        prefix,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        maxStalledCount: MAX_STALLED,
        runRetryDelay: LOST_CONNECTION_MS,
        autorun: false,
        ...KEPT,
        settings: { backoffStrategy: (_attempts, _type, error) => waitOf(error) },
      },
    );
    core.workers.add(this);
    this.#listen();
    this.#worker.run().catch((error: unknown) => core.reportError(error));
  }

  get running(): boolean {
    return !this.#stopping && this.#worker.isRunning();
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkNames(`close() of the worker of queue "${this.queue}"`, options ?? {}, CLOSE_OPTIONS);
    const { timeoutMs } = options ?? {};
    if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
      throw optionError('timeoutMs', 'a number of milliseconds, 0 or more', timeoutMs);
    }
    this.#stop();
    if (timeoutMs !== undefined && timeoutMs <= MAX_TIMER_MS) {
      let timer = setTimeout(() => {
        this.#interrupt();
        // Redis has to take them back.
        timer = setTimeout(() => this.#abandoned.resolve(), this.#core.commandTimeoutMs);
      }, timeoutMs);
      const settled = () => clearTimeout(timer);
      this.#closing?.then(settled, settled);
    }
    if (!this.runsCaller()) await this.#closing;
  }

  /** Whether one of its tasks calls it, which must not wait for its own end. */
  runsCaller(): boolean {
    const stop = currentWork()?.stop;
    return this.#unsettled.all().some((task) => stop?.isWithin?.(task));
  }

  /** Takes no more tasks, and waits for those that run. */
  async end(): Promise<void> {
    this.#stop();
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #listen(): void {
    const worker = this.#worker;
    const core = this.#core;
    const { lifecycle } = current();
    const settle = (job?: Job) => {
      this.#refusals = 0;
      this.#settle(job?.id ?? '');
    };
    worker.on('completed', settle);
    worker.on('failed', (job, error) => {
      if (job !== undefined && !this.#unsettled.has(job.id ?? '')) {
        reportUnrunFailure(core, job, error.message);
      }
      settle(job);
    });
    worker.on('error', (error) => {
      const gone = goneJob(error);
      const left = jobWithoutLock(error);
      if (gone !== undefined) this.#drop(gone, GONE_TASK);
      else if (left !== undefined)
        this.#drop(left, 'Task ended without its lock: another process may do it again');
      // BullMQ reports each lost lock here too, as if Redis had failed.
      else if (!/^could not renew lock/.test(error.message)) {
        // It is fetched once, and the next task is not it: no reason to rest.
        const isUnreadable = error instanceof SyntaxError;
        const { code } = core.reportError(
          isUnreadable ? unreadableError(this.queue, error) : error,
        );
        // Nor after a lost connection: BullMQ waits for the next one.
        if (!isUnreadable && !LOST_CONNECTION.has(code)) this.#pause();
      }
    });
    worker.on('stalled', (id) => {
      getMetricsManager().trackTask('stalled', { queue: this.queue });
      core.log.warning('Task taken back from another process', {
        queue: this.queue,
        task_id: id,
      });
    });
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) {
        this.#lost.add(id);
        this.#unsettled.get(id)?.cancel(interruption(`The lock of task ${id} was lost.`));
      }
    });
    if (lifecycle === undefined) return;
    const { draining } = lifecycle;
    const stop = () => this.#stop();
    draining.addEventListener('abort', stop, { once: true });
    this.#undos.push(
      () => draining.removeEventListener('abort', stop),
      lifecycle.onShutdown(`worker ${this.queue}`, (signal) => this.#end(signal), 'close'),
    );
  }

  /**
   * Takes no tasks for a while after Redis refused a command, such as for a user without the right to it
   * or while its memory is full: BullMQ would try again at once.
   */
  #pause(): void {
    if (this.#stopping || this.#rest !== undefined || this.#core.isDown) return;
    const restMs = Math.min(REST_MS * 2 ** this.#refusals, MAX_REST_MS);
    this.#refusals += 1;
    void this.#worker.pause(true);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      void this.#worker.resume();
    }, restMs);
  }

  /** From now on no task is taken; a task taken at this moment is returned. */
  #stop(): void {
    this.#stopping = true;
    clearTimeout(this.#rest);
    if (this.#closing !== undefined) return;
    this.#closing = this.#finish().finally(() => {
      this.#core.workers.delete(this);
      for (const undo of this.#undos.splice(0)) undo();
    });
    // A shutdown begins it without waiting, and so does a task of this worker.
    this.#closing.catch((error: unknown) => this.#core.reportError(error));
  }

  /**
   * Waits until all results are in Redis, then closes the worker of BullMQ by force: without force it
   * waits for ever for connections that are away.
   */
  async #finish(): Promise<void> {
    const worker = this.#worker;
    const abandoned = this.#abandoned.promise;
    await worker.pause(true);
    await Promise.race([abandoned, this.#settled(), this.#idle()]);
    await worker.close(true);
    // A task that was just being taken is returned.
    if (isReady(this.#client)) await Promise.race([abandoned, this.#idle()]);
  }

  /** Waits for the end of BullMQ's loop; after a rest, there is no promise of it. */
  async #idle(): Promise<void> {
    while (this.#worker.isRunning()) await sleep(POLL_MS, undefined, { ref: false });
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = resolve;
      if (this.#unsettled.size === 0) resolve();
    });
  }

  /** Waits within the share of the shutdown. */
  async #end(signal: AbortSignal): Promise<void> {
    this.#stop();
    signal.addEventListener('abort', () => this.#abandoned.resolve(), { once: true });
    await this.#closing;
  }

  #settle(id: string): void {
    this.#unsettled.delete(id);
    this.#lost.delete(id);
    if (this.#unsettled.size === 0) this.#onSettled();
  }

  /** Notes that Redis does not take the end of a task; BullMQ reports each attempt to note it. */
  #drop(id: string, message: string): void {
    if (!this.#unsettled.has(id)) return;
    this.#core.log.warning(message, { queue: this.queue, task_id: id });
    this.#settle(id);
  }

  #interrupt(): void {
    const reason = interruption(`The worker of queue "${this.queue}" is closing.`);
    for (const work of this.#unsettled.all()) work.cancel(reason);
  }
}

/** Makes the reason for which a task is cancelled. */
function interruption(message: string): TaskError {
  return new TaskError({ code: ErrorCode.TASK_INTERRUPTED, message });
}

/** A task that does not run yet: it checks whether it may. */
const NOT_RUNNING: Cancellable = { cancel: () => undefined };
