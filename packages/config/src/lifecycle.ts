import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError, ConnectionError, ErrorCode } from '@map/errors';
import { InFlight } from './in-flight.ts';
import { type Ending, type EndingReport, runSequence } from './sequence.ts';

/** When a hook runs: `drain` stops new work and finishes what is there, `close` comes after it. */
export type ShutdownPhase = 'drain' | 'close';

/** Ends a resource of the application; the signal is aborted when its time is over. */
export type ShutdownHook = (signal: AbortSignal) => unknown;

/** How a shutdown went. */
export interface ShutdownReport {
  /** Whether everything ended within its time. */
  readonly ok: boolean;
  /** What began it: a signal, an uncaught error, or a call. */
  readonly reason: string;
  /** The whole time in milliseconds. */
  readonly durationMs: number;
  /** One entry an ending, in order. */
  readonly endings: readonly EndingReport[];
  /** Names of what failed or did not end in time. */
  readonly notEnded: readonly string[];
}

/** What a {@link Lifecycle} is built with. */
export interface LifecycleOptions {
  /** Limit of the whole shutdown in milliseconds. */
  readonly timeoutMs: number;
  /** Time in which traffic is still served after readiness has gone false, in milliseconds. */
  readonly delayMs: number;
  /** Called at once, before the delay. */
  readonly onBegin: (reason: string) => void;
  /** What the platform itself has to end, after the application's hooks. */
  readonly endings: readonly Ending[];
}

interface Hook {
  readonly name: string;
  readonly phase: ShutdownPhase;
  readonly close: ShutdownHook;
}

/** Parts of the limit kept free for what the application brings; the rest is for `endings`. */
const HOOKS_SHARE = 0.3;
const TASKS_SHARE = 0.1;

const NEVER_STARTED: ShutdownReport = {
  ok: true,
  reason: 'start-up failed',
  durationMs: 0,
  endings: [],
  notEnded: [],
};

/** What is to be ended, and the ending of it: once, in order, within a limit. */
export class Lifecycle {
  /** Work that a shutdown waits for. */
  readonly inFlight: InFlight = new InFlight();
  readonly #options: LifecycleOptions;
  readonly #registered: Hook[] = [];
  #shutdown: Promise<ShutdownReport> | undefined;
  #current: string | undefined;

  constructor(options: LifecycleOptions) {
    const { timeoutMs, delayMs } = options;
    if (!(timeoutMs >= 1)) {
      throw new ConfigurationError({
        code: ErrorCode.CONFIG_INVALID,
        message: `The shutdown limit is ${timeoutMs} ms. Set SHUTDOWN_TIMEOUT to at least 1ms.`,
      });
    }
    if (!(delayMs >= 0 && delayMs <= timeoutMs / 2)) {
      throw new ConfigurationError({
        code: ErrorCode.CONFIG_INVALID,
        message: `The shutdown delay is ${delayMs} ms. Use 0 to half of SHUTDOWN_TIMEOUT (${timeoutMs} ms).`,
      });
    }
    this.#options = options;
  }

  /** Whether a shutdown has begun. */
  get ending(): boolean {
    return this.#shutdown !== undefined;
  }

  /** What is being ended right now, when a shutdown is under way. */
  get current(): string | undefined {
    return this.#current;
  }

  /**
   * Has something ended at shutdown; the last one registered ends first.
   *
   * @param name Shown in the report.
   * @param close Ends it.
   * @param phase `drain` for what takes in work, `close` for what that work needs.
   * @returns Takes the hook back.
   * @throws `CLIENT_CLOSED_9007` when the shutdown has begun.
   */
  onShutdown(name: string, close: ShutdownHook, phase: ShutdownPhase = 'drain'): () => void {
    if (this.ending) {
      throw new ConnectionError({
        code: ErrorCode.CLIENT_CLOSED,
        message: `The shutdown has begun, so the hook "${name}" would not run. End it yourself.`,
      });
    }
    const hook = { name, phase, close };
    this.#registered.push(hook);
    return () => {
      const index = this.#registered.indexOf(hook);
      if (index >= 0) this.#registered.splice(index, 1);
    };
  }

  /** Ends everything; a second call gives the first one's outcome. */
  shutdown(reason: string): Promise<ShutdownReport> {
    this.#shutdown ??= this.#run(reason);
    return this.#shutdown;
  }

  /** Runs the hooks alone, when a start-up fails after some were registered. */
  async endHooks(): Promise<void> {
    const { timeoutMs } = this.#options;
    const hooks = [...this.#hooks('drain'), ...this.#hooks('close')];
    this.#shutdown ??= Promise.resolve(NEVER_STARTED);
    await runSequence(hooks, timeoutMs);
  }

  async #run(reason: string): Promise<ShutdownReport> {
    const startedAt = performance.now();
    this.#options.onBegin(reason);
    this.inFlight.announceEnd();
    const endings = await runSequence(this.#plan(), this.#options.timeoutMs, (name) => {
      this.#current = name;
    });
    this.#current = undefined;
    const notEnded = endings.filter(({ status }) => status !== 'ended').map(({ name }) => name);
    return {
      ok: notEnded.length === 0,
      reason,
      durationMs: performance.now() - startedAt,
      endings,
      notEnded,
    };
  }

  #hooks(phase: ShutdownPhase): Ending[] {
    return this.#registered
      .filter((hook) => hook.phase === phase)
      .reverse()
      .map(({ name, close }) => ({
        name,
        share: HOOKS_SHARE / this.#registered.length,
        run: close,
      }));
  }

  #plan(): Ending[] {
    const { delayMs, timeoutMs, endings } = this.#options;
    const delay = delayMs / timeoutMs;
    const tasks: Ending = {
      name: 'tasks',
      share: TASKS_SHARE,
      run: (signal) => {
        signal.addEventListener('abort', () => this.inFlight.abandon(signal.reason));
        return this.inFlight.idle();
      },
      left: () => this.inFlight.describe(),
    };
    const plan = [...this.#hooks('drain'), tasks, ...this.#hooks('close'), ...endings];
    return [
      ...(delayMs > 0 ? [{ name: 'delay', share: delay, run: () => sleep(delayMs) }] : []),
      ...plan.map((ending) => ({ ...ending, share: ending.share * (1 - delay) })),
    ];
  }
}
