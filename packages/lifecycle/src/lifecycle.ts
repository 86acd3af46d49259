import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BaseError, ErrorCode, SystemError, TaskError } from '@map/errors';
import { checkFunction, checkMs, checkNames, checkString, optionError } from '@map/errors/kernel';
import { redactText } from '@map/redaction';
import { optionNames, read } from '@map/redaction/kernel';
import { HealthRegistry } from './health/registry.ts';
import { isInsideRequest, watchRequests } from './http/open-request.ts';
import { complain, guardLogger, type LifecycleLogger, logFailure } from './log/log.ts';
import { guardProcess } from './process/process-guard.ts';
import { Hooks, type ShutdownHook, type ShutdownPhase } from './shutdown/hooks.ts';
import { notEndedOf, reportOf, type ShutdownReport } from './shutdown/report.ts';
import { type Ending, type EndingReport, runSequence } from './shutdown/sequence.ts';
import { readSteps, runSteps, type Step, type StepReport } from './start/steps.ts';
import { InFlight } from './work/in-flight.ts';
import { runWork, type Work } from './work/run-work.ts';

/** Time limits of a shutdown. */
export interface ShutdownLimits {
  /** Limit of the whole shutdown in milliseconds, 1 to 2,147,483,647; 25,000 by default. */
  readonly shutdownTimeoutMs?: number;
  /**
   * How long requests are still served after readiness has failed, in milliseconds, 0 to half of
   * the limit; 0 by default.
   */
  readonly shutdownDelayMs?: number;
}

/** Options of {@link createLifecycle}; everything has a default. */
export interface LifecycleOptions extends ShutdownLimits {
  /** Receives what happens; without one, only failures are written, to standard error. */
  readonly logger?: LifecycleLogger;
  /** Holds the health checks; a new registry by default. */
  readonly health?: HealthRegistry;
}

const OPTIONS = optionNames<LifecycleOptions>({
  shutdownTimeoutMs: true,
  shutdownDelayMs: true,
  logger: true,
  health: true,
});

const TIMEOUT_MS = 25_000;
/** Part of the shutdown limit that is reserved for work in flight. */
const WORK_SHARE = 0.1;

/**
 * The life of a service: an ordered start, health, work in flight, and one shutdown.
 *
 * Made by {@link createLifecycle}.
 */
export class Lifecycle {
  /** The health checks; readiness fails until {@link Lifecycle.start} has completed. */
  readonly health: HealthRegistry;
  /** Work that a shutdown waits for. */
  readonly inFlight: InFlight = new InFlight();
  readonly #hooks = new Hooks();
  readonly #logger: LifecycleLogger | undefined;
  readonly #draining = new AbortController();
  readonly #starting = new AbortController();
  /** Set inside shutdown hooks, which must not wait for the shutdown that runs them. */
  readonly #insideHook = new AsyncLocalStorage<true>();
  #limits: Required<ShutdownLimits>;
  readonly #ended = Promise.withResolvers<ShutdownReport>();
  /** The reason in the report of a rollback. */
  #reason = 'start-up failed';
  #start: Promise<readonly StepReport[]> | undefined;
  #startError: unknown;
  #started = false;
  #shutdown: Promise<ShutdownReport> | undefined;
  #ending: string | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: LifecycleOptions = {}) {
    checkNames('a lifecycle', options, OPTIONS);
    this.#limits = checkLimits(options);
    this.#logger = guardLogger(options.logger);
    const { health = new HealthRegistry() } = options;
    if (typeof read(health, 'setNotReady') !== 'function') {
      throw optionError('health', 'a HealthRegistry', health);
    }
    this.health = health;
    this.health.setNotReady('starting');
  }

  /**
   * Aborted when a shutdown begins: the notification for streams, polling loops and consumers. Its
   * reason is `TASK_INTERRUPTED_7007`, which is retryable.
   */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Resolves with the report once a shutdown, or the rollback of a failed start, has ended. */
  get ended(): Promise<ShutdownReport> {
    return this.#ended.promise;
  }

  /** Whether the start-up is running. */
  get starting(): boolean {
    return this.#start !== undefined && !this.#started;
  }

  /** The error that the start has failed with, which is in the logs; undefined without one. */
  get startError(): unknown {
    return this.#startError;
  }

  /** Name of the step that the shutdown is running. */
  get currentEnding(): string | undefined {
    return this.#ending;
  }

  /**
   * Sets the time limits of the shutdown, for applications that read them from settings.
   *
   * @throws `CONFIG_INVALID_3002` for a limit out of range.
   */
  limitShutdown(limits: ShutdownLimits): void {
    this.#limits = checkLimits(limits);
  }

  /**
   * Runs the steps of the start-up in order, then reports readiness.
   *
   * If a step fails or a shutdown interrupts it, the hooks registered so far run and the completed
   * steps are reverted, last first.
   *
   * @param steps The steps, each with a name and a time limit.
   * @returns One report per step.
   * @throws An error with the code of the failure; its message and `details.step` name the step.
   */
  start(steps: readonly Step[] = []): Promise<readonly StepReport[]> {
    try {
      this.#start ??= this.#runStart(readSteps(steps));
      return this.#start;
    } catch (problem) {
      return Promise.reject(problem);
    }
  }

  /**
   * Registers a hook that the shutdown runs; within a phase, the last registered runs first.
   *
   * @param name Shown in the report.
   * @param hook Releases a resource.
   * @param phase `drain` by default.
   * @returns A function that removes the hook.
   * @throws `CLIENT_CLOSED_9007` once a shutdown has begun.
   */
  onShutdown(name: string, hook: ShutdownHook, phase: ShutdownPhase = 'drain'): () => void {
    checkString('name', name, 'onShutdown()');
    checkFunction(`hook "${name}"`, hook);
    const run: ShutdownHook = (...given) => this.#insideHook.run(true, hook, ...given);
    const remove = this.#hooks.add(name, run, phase);
    // Such a hook can close a server, which waits for its requests.
    if (phase === 'drain' && this.#unwatch === undefined) {
      this.#unwatch = watchRequests();
      void this.ended.then(this.#unwatch);
    }
    return remove;
  }

  /**
   * Runs work that a shutdown waits for.
   *
   * @param name Shown if a shutdown stops waiting for it, such as `import`.
   * @param work Receives a signal that is aborted when the shutdown stops waiting for it, and one
   * that is aborted as soon as the shutdown begins.
   * @returns What the work returns.
   * @throws `TASK_INTERRUPTED_7007` when a shutdown stops waiting; otherwise what the work throws.
   */
  run<T>(name: string, work: (work: Work) => T | PromiseLike<T>): Promise<T> {
    return runWork(this.inFlight, this.draining, name, work);
  }

  /**
   * Shuts down on SIGTERM, SIGINT, SIGHUP, SIGBREAK, pm2's `shutdown` message and uncaught errors,
   * then exits the process.
   *
   * @returns A function that stops listening.
   */
  handleSignals(): () => void {
    return guardProcess(this, this.#logger);
  }

  /**
   * Ends everything in order, once; never rejects.
   *
   * A caller that the shutdown waits for, such as the handler of a request, receives a report with
   * `pending: true` at once.
   *
   * @param reason Shown in the report and in the logs; `call` by default.
   * @returns The report; further calls return that of the first one.
   */
  shutdown(reason?: string): Promise<ShutdownReport> {
    // As a listener, such as `server.on('close', app.shutdown)`, it receives any value.
    const why = typeof reason === 'string' ? reason : 'call';
    const nested =
      this.inFlight.insideWork || this.#insideHook.getStore() === true || this.#insideRequest;
    this.#shutdown ??= this.starting ? this.#interruptStart(why) : this.#runShutdown(why);
    if (!nested) return this.#shutdown;
    const begun = { ok: true, reason: redactText(why), durationMs: 0, endings: [], notEnded: [] };
    return Promise.resolve({ ...begun, pending: true });
  }

  /** Shuts down, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** Whether the caller handles a request, which a hook may wait for. */
  get #insideRequest(): boolean {
    return this.#unwatch !== undefined && isInsideRequest();
  }

  async #runStart(steps: readonly Step[]): Promise<readonly StepReport[]> {
    const startedAt = performance.now();
    let endings: readonly EndingReport[] = [];
    try {
      const reports = await runSteps(steps, {
        signal: this.#starting.signal,
        onStep: ({ name, durationMs }) =>
          this.#logger?.debug('Start-up step done', { step: name, duration_ms: round(durationMs) }),
        onFailure: (error) => this.#onStartFailed(error),
        beforeUndo: async () => {
          endings = await this.#endHooks();
          return notEndedOf(endings);
        },
      });
      this.#started = true;
      this.health.setNotReady(undefined);
      return reports;
    } catch (error) {
      if (!this.#starting.signal.aborted) this.#startError = error;
      const { not_undone = [] } = (error as BaseError).details as { not_undone?: string[] };
      this.#ended.resolve(reportOf(this.#reason, startedAt, endings, not_undone));
      throw error;
    }
  }

  #onStartFailed(error: BaseError): void {
    // A shutdown from now on waits for the rollback.
    this.#shutdown ??= this.#ended.promise;
    if (!this.#starting.signal.aborted) logFailure(this.#logger, error.message, error);
    this.#beginDraining(this.#reason);
  }

  #interruptStart(reason: string): Promise<ShutdownReport> {
    this.#logger?.info('Shutdown begins', { reason });
    this.#reason = reason;
    this.#starting.abort(
      new SystemError({
        code: ErrorCode.OPERATION_CANCELLED,
        message: `It was interrupted by ${reason}.`,
      }),
    );
    return this.#ended.promise;
  }

  async #runShutdown(reason: string): Promise<ShutdownReport> {
    const startedAt = performance.now();
    this.#logger?.info('Shutdown begins', { reason });
    this.#beginDraining(reason);
    const endings = await runSequence(this.#plan(), this.#limits.shutdownTimeoutMs, (name) => {
      this.#ending = name;
    });
    this.#ending = undefined;
    const report = reportOf(reason, startedAt, endings);
    this.#ended.resolve(report);
    if (!report.ok) {
      process.exitCode = 1;
      // The last endings close the logs, so this goes straight to standard error.
      complain(describe(report));
    }
    return report;
  }

  #beginDraining(reason: string): void {
    this.health.setNotReady('shutting down');
    this.#draining.abort(
      new TaskError({
        code: ErrorCode.TASK_INTERRUPTED,
        message: `A shutdown has begun (${reason}).`,
        details: { reason },
      }),
    );
    this.inFlight.notifyDraining();
  }

  #endHooks() {
    this.#hooks.close();
    const hooks = (['drain', 'close', 'finish'] as const).flatMap((phase) => this.#hooks.of(phase));
    return runSequence(hooks, this.#limits.shutdownTimeoutMs);
  }

  #plan(): readonly Ending[] {
    this.#hooks.close();
    const { shutdownDelayMs, shutdownTimeoutMs } = this.#limits;
    const delay = shutdownDelayMs / shutdownTimeoutMs;
    const work: Ending = {
      name: 'tasks',
      share: WORK_SHARE,
      run: (signal) => {
        signal.addEventListener('abort', () => this.inFlight.abandon(signal.reason));
        return this.inFlight.idle();
      },
      left: () => this.inFlight.describe(),
    };
    const endings = [
      ...this.#hooks.of('drain'),
      work,
      ...this.#hooks.of('close'),
      ...this.#hooks.of('finish'),
    ].map((ending) => ({ ...ending, share: ending.share * (1 - delay) }));
    if (delay === 0) return endings;
    return [{ name: 'delay', share: delay, run: () => sleep(shutdownDelayMs) }, ...endings];
  }
}

/**
 * Creates the lifecycle of a service.
 *
 * @param options Limits of the shutdown, a logger, a health registry; everything has a default.
 * @returns The lifecycle.
 * @throws `CONFIG_INVALID_3002` for a limit out of range.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { closeServer, createLifecycle } from '@map/lifecycle';
 *
 * const app = createLifecycle({ shutdownTimeoutMs: 10_000 });
 * app.handleSignals();
 * app.health.register('disk', async () => true);
 * await app.start([
 *   {
 *     name: 'server',
 *     run: () => {
 *       const server = createServer((_request, response) => response.end('hello')).listen(0);
 *       app.onShutdown('server', (signal) => closeServer(server, signal));
 *     },
 *   },
 * ]);
 * console.log((await app.health.ready()).status); // pass
 * await app.shutdown(); // a service waits for SIGTERM instead
 * ```
 */
export function createLifecycle(options: LifecycleOptions = {}): Lifecycle {
  return new Lifecycle(options ?? {});
}

function checkLimits({
  shutdownTimeoutMs = TIMEOUT_MS,
  shutdownDelayMs = 0,
}: ShutdownLimits): Required<ShutdownLimits> {
  checkMs('shutdownTimeoutMs', shutdownTimeoutMs);
  const valid = typeof shutdownDelayMs === 'number' && shutdownDelayMs >= 0;
  if (valid && shutdownDelayMs <= shutdownTimeoutMs / 2) {
    return { shutdownTimeoutMs, shutdownDelayMs };
  }
  throw optionError(
    'shutdownDelayMs',
    `0 to half of the shutdown limit (${shutdownTimeoutMs} ms)`,
    shutdownDelayMs,
  );
}

function describe({ reason, endings, notEnded }: ShutdownReport): string {
  const errors = endings.filter(({ error }) => error).map(({ name, error }) => `${name}: ${error}`);
  return `Shutdown (${reason}) did not end ${notEnded.join(', ')}. ${errors.join(' ')}`;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
