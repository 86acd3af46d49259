import { ConfigurationError, convertException, ErrorCode } from '@map/errors';
import { checkFlag, checkFunction, checkMs, checkNames, checkString } from '@map/errors/kernel';
import { redactText } from '@map/redaction';
import { optionNames } from '@map/redaction/kernel';
import { withDeadline } from '../deadline/deadline.ts';
import type { CheckReport, HealthReport, HealthStatus } from './report.ts';

/** A health check: it throws, rejects or returns `false` if something does not work. */
export type HealthCheck = (signal: AbortSignal) => unknown;

/** Options of one health check. */
export interface HealthCheckOptions {
  /** Time limit in milliseconds, 1 to 60,000; 2,000 by default. */
  readonly timeoutMs?: number;
  /** If `false`, a failure makes the whole `warn` instead of `fail`; `true` by default. */
  readonly required?: boolean;
}

/** Options of a {@link HealthRegistry}. */
export interface HealthRegistryOptions {
  /** How long a result is reused, in milliseconds, 0 to 60,000; 1,000 by default. */
  readonly cacheMs?: number;
  /** Time limit of checks that set none, in milliseconds, 1 to 60,000; 2,000 by default. */
  readonly timeoutMs?: number;
}

interface Entry {
  readonly check: HealthCheck;
  readonly timeoutMs: number;
  readonly required: boolean;
  last?: { readonly report: CheckReport; readonly at: number };
  /** The run that callers wait for; it takes no longer than the time limit. */
  running?: Promise<CheckReport>;
  /** Start of a check that has not settled, even if its time limit has passed. */
  pendingSince?: number;
}

const REGISTRY_OPTIONS = optionNames<HealthRegistryOptions>({ cacheMs: true, timeoutMs: true });
const CHECK_OPTIONS = optionNames<HealthCheckOptions>({ timeoutMs: true, required: true });

const MAX_TIMEOUT_MS = 60_000;

/**
 * Named health checks that run concurrently, each with a time limit, and whose results are cached
 * briefly.
 *
 * A hanging check is reported, and is not started again until it has settled.
 *
 * @example
 * ```ts
 * import { HealthRegistry } from '@map/lifecycle';
 *
 * const health = new HealthRegistry();
 * health.register('queue', async () => true);
 * console.log((await health.ready()).status); // pass
 * ```
 */
export class HealthRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #cacheMs: number;
  readonly #timeoutMs: number;
  #notReady: string | undefined;

  /** @throws `CONFIG_INVALID_3002` for an option out of range. */
  constructor(options: HealthRegistryOptions = {}) {
    checkNames('a health registry', options ?? {}, REGISTRY_OPTIONS);
    const { cacheMs = 1_000, timeoutMs = 2_000 } = options ?? {};
    this.#cacheMs = checkMs('cacheMs', cacheMs, { min: 0, max: MAX_TIMEOUT_MS });
    this.#timeoutMs = checkMs('timeoutMs', timeoutMs, { max: MAX_TIMEOUT_MS });
  }

  /**
   * Adds a check to the readiness report.
   *
   * @param name Its name in the report; each name can be used once.
   * @param check Throws, rejects or returns `false` if something does not work.
   * @param options Its time limit, and whether readiness depends on it.
   * @returns A function that removes the check.
   * @throws `CONFIG_INVALID_3002` for a name that is taken or a time limit out of range.
   */
  register(name: string, check: HealthCheck, options: HealthCheckOptions = {}): () => void {
    checkString('name', name, 'a health check');
    if (this.#entries.has(name)) {
      throw new ConfigurationError({
        code: ErrorCode.CONFIG_INVALID,
        message: `A health check named "${name}" already exists. Use another name.`,
      });
    }
    checkFunction('check', check);
    checkNames(`health check "${name}"`, options, CHECK_OPTIONS);
    const { timeoutMs = this.#timeoutMs, required = true } = options;
    checkFlag('required', required, `health check "${name}"`);
    const entry = {
      check,
      required,
      timeoutMs: checkMs('timeoutMs', timeoutMs, {
        max: MAX_TIMEOUT_MS,
        of: `health check "${name}"`,
      }),
    };
    this.#entries.set(name, entry);
    return () => {
      if (this.#entries.get(name) === entry) this.#entries.delete(name);
    };
  }

  /** Returns whether a check of this name exists. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Fails readiness with this reason until it is called with `undefined`. */
  setNotReady(reason: string | undefined): void {
    this.#notReady = reason;
  }

  /** Reports that the process responds, without running any check. */
  live(): HealthReport {
    return { status: 'pass', checks: {} };
  }

  /** Runs the checks, except those with a result younger than the cache time; never rejects. */
  async ready(): Promise<HealthReport> {
    const entries = [...this.#entries];
    const reports = await Promise.all(entries.map(([, entry]) => this.#run(entry)));
    const checks: Record<string, CheckReport> = Object.create(null);
    let status: HealthStatus = 'pass';
    for (const [index, [name, { required }]] of entries.entries()) {
      const report = reports[index] as CheckReport;
      checks[redactText(name)] = report;
      if (report.status !== 'pass' && status !== 'fail') {
        status = required && report.status === 'fail' ? 'fail' : 'warn';
      }
    }
    if (this.#notReady === undefined) return { status, checks };
    return { status: 'fail', reason: redactText(this.#notReady), checks };
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
    entry.running = start(entry, now).finally(() => {
      delete entry.running;
    });
    return entry.running;
  }
}

async function start(entry: Entry, startedAt: number): Promise<CheckReport> {
  entry.pendingSince = startedAt;
  const run = async (signal: AbortSignal) => {
    expired = signal;
    try {
      return await entry.check(signal);
    } finally {
      delete entry.pendingSince;
    }
  };
  let expired: AbortSignal | undefined;
  let report: CheckReport;
  try {
    const verdict = await withDeadline(run, { timeoutMs: entry.timeoutMs, what: 'The check' });
    const duration_ms = elapsed(startedAt);
    report =
      verdict === false
        ? failed(duration_ms, 'false', 'The health check returned false.')
        : { status: 'pass', duration_ms };
    if (duration_ms > entry.timeoutMs / 2) report = { ...report, slow: true };
  } catch (error) {
    const { code, message } = convertException(error);
    report = expired?.aborted
      ? hanging(entry, elapsed(startedAt))
      : failed(elapsed(startedAt), code, redactText(message));
  }
  entry.last = { report, at: performance.now() };
  return report;
}

function failed(duration_ms: number, error_type: string, error: string): CheckReport {
  return { status: 'fail', duration_ms, error_type, error };
}

function hanging(entry: Entry, durationMs: number): CheckReport {
  const error = `The health check did not complete within ${entry.timeoutMs} ms.`;
  return {
    ...failed(Math.round(durationMs), ErrorCode.OPERATION_TIMEOUT, error),
    hanging: true,
    slow: true,
  };
}

function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 100) / 100;
}
