import { type BaseError, ConfigurationError, convertException, ErrorCode } from '@map/errors';
import { withDeadline } from './deadline.ts';

/** Tells whether something works: throws, rejects or gives `false` when it does not. */
export type HealthCheck = (signal: AbortSignal) => unknown;

/** How one check is run. */
export interface HealthCheckOptions {
  /** Time limit in milliseconds, 1 to 60,000; 2,000 when left out. */
  readonly timeoutMs?: number;
  /** A failing check that is not required makes the whole `degraded`, not `failed`. */
  readonly required?: boolean;
}

/** What one check found. */
export interface CheckReport {
  /** `hanging` means that it has not answered within its limit. */
  readonly status: 'ok' | 'failed' | 'hanging';
  /** Time of the check in milliseconds, or so far when it hangs. */
  readonly duration_ms: number;
  /** Whether it took more than half of its limit. */
  readonly slow?: true;
  /** Code of what went wrong. */
  readonly error_type?: string;
  /** What went wrong, in one sentence. */
  readonly error?: string;
}

/** What all checks found. */
export interface HealthReport {
  /** `degraded` still serves traffic: only checks that are not required failed. */
  readonly status: 'ok' | 'degraded' | 'failed';
  /** Why, when no check says it: start-up not finished, or shutting down. */
  readonly reason?: string;
  /** One entry a check. */
  readonly checks: Readonly<Record<string, CheckReport>>;
}

/** What a {@link HealthRegistry} is built with. */
export interface HealthRegistryOptions {
  /** How long a result is used again, in milliseconds; 1,000 when left out. */
  readonly cacheMs?: number;
  /** Limit of a check that names none, in milliseconds; 2,000 when left out. */
  readonly timeoutMs?: number;
}

interface Entry {
  readonly check: HealthCheck;
  readonly timeoutMs: number;
  readonly required: boolean;
  last?: { readonly report: CheckReport; readonly at: number };
  /** The caller-facing run, at most as long as the limit. */
  running?: Promise<CheckReport>;
  /** When a check began that has not settled, even past its limit. */
  pendingSince?: number;
}

/**
 * Named checks that run side by side, each with a limit, their results used again for a moment.
 *
 * A check that hangs is reported and not started a second time until it has settled.
 *
 * @example
 * ```ts
 * import { HealthRegistry } from '@map/config';
 *
 * const health = new HealthRegistry();
 * health.register('queue', async () => true);
 * console.log((await health.ready()).status);
 * ```
 */
export class HealthRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #cacheMs: number;
  readonly #timeoutMs: number;
  #notReady: string | undefined;
  /** Masks secrets in what checks throw. */
  mask: (text: string) => string = (text) => text;

  constructor(options: HealthRegistryOptions = {}) {
    this.#cacheMs = options.cacheMs ?? 1_000;
    this.#timeoutMs = options.timeoutMs ?? 2_000;
  }

  /**
   * Adds a check to the readiness report.
   *
   * @param name Its name in the report; each name once.
   * @param check Throws, rejects or gives `false` when something is wrong.
   * @param options Its limit, and whether readiness depends on it.
   * @returns Removes the check.
   * @throws `CONFIG_INVALID_3002` for a name that is taken or a limit out of range.
   */
  register(name: string, check: HealthCheck, options: HealthCheckOptions = {}): () => void {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    if (this.#entries.has(name)) {
      throw invalid(`A health check named "${name}" exists already. Use another name.`);
    }
    if (!(timeoutMs >= 1 && timeoutMs <= 60_000)) {
      throw invalid(`timeoutMs of health check "${name}" is ${timeoutMs}. Use 1 to 60000.`);
    }
    this.#entries.set(name, { check, timeoutMs, required: options.required ?? true });
    return () => {
      this.#entries.delete(name);
    };
  }

  /** Whether there is a check of this name. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Makes readiness fail with this reason until it is set to `undefined`. */
  setNotReady(reason: string | undefined): void {
    this.#notReady = reason;
  }

  /** Says that the process answers; no dependency is touched. */
  live(): HealthReport {
    return { status: 'ok', checks: {} };
  }

  /** Runs the checks, or gives results that are not older than the cache time. */
  async ready(): Promise<HealthReport> {
    const names = [...this.#entries.keys()];
    const reports = await Promise.all([...this.#entries.values()].map((entry) => this.#run(entry)));
    let status: HealthReport['status'] = 'ok';
    const checks: Record<string, CheckReport> = Object.create(null);
    for (const [index, name] of names.entries()) {
      const report = reports[index] as CheckReport;
      checks[name] = report;
      if (report.status === 'ok') continue;
      if (this.#entries.get(name)?.required === false) {
        if (status === 'ok') status = 'degraded';
      } else {
        status = 'failed';
      }
    }
    if (this.#notReady !== undefined) return { status: 'failed', reason: this.#notReady, checks };
    return { status, checks };
  }

  #run(entry: Entry): Promise<CheckReport> {
    const now = performance.now();
    if (entry.running !== undefined) return entry.running;
    if (entry.pendingSince !== undefined) {
      return Promise.resolve(hanging(entry, now - entry.pendingSince));
    }
    if (entry.last !== undefined && now - entry.last.at < this.#cacheMs) {
      return Promise.resolve(entry.last.report);
    }
    entry.running = this.#start(entry, now).finally(() => {
      delete entry.running;
    });
    return entry.running;
  }

  async #start(entry: Entry, startedAt: number): Promise<CheckReport> {
    entry.pendingSince = startedAt;
    const settled = () => {
      delete entry.pendingSince;
    };
    let report: CheckReport;
    let expired: AbortSignal | undefined;
    try {
      const verdict = await withDeadline(
        async (signal) => {
          expired = signal;
          try {
            return await entry.check(signal);
          } finally {
            settled();
          }
        },
        { timeoutMs: entry.timeoutMs, what: 'The check' },
      );
      const duration_ms = elapsed(startedAt);
      report =
        verdict === false
          ? { status: 'failed', duration_ms, error_type: 'false', error: 'The check gave false.' }
          : { status: 'ok', duration_ms };
      if (duration_ms > entry.timeoutMs / 2) report = { ...report, slow: true };
    } catch (error) {
      const late = expired?.aborted === true;
      report = late ? hanging(entry, elapsed(startedAt)) : this.#failed(error, startedAt);
    }
    entry.last = { report, at: performance.now() };
    return report;
  }

  #failed(thrown: unknown, startedAt: number): CheckReport {
    const { code, message } = convertException(thrown);
    return {
      status: 'failed',
      duration_ms: elapsed(startedAt),
      error_type: code,
      error: this.mask(message),
    };
  }
}

function hanging(entry: Entry, durationMs: number): CheckReport {
  return {
    status: 'hanging',
    duration_ms: Math.round(durationMs),
    slow: true,
    error_type: ErrorCode.OPERATION_TIMEOUT,
    error: `The check has not answered within ${entry.timeoutMs} ms.`,
  };
}

function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 100) / 100;
}

function invalid(message: string): BaseError {
  return new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message });
}
