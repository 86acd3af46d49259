import {
  type BaseError,
  ConfigurationError,
  convertException,
  ErrorCode,
  type ErrorOrigin,
  isBaseError,
} from '@map/errors';
import { type ContextFields, getContext, getLogger, LogContext, runWithContext } from '@map/logger';
import { MAX_TIMER_MS } from '@map/redaction/kernel';
import { codedError } from '../support/coded-error.ts';
import { current } from '../support/current.ts';
import { logOnce } from '../support/log-once.ts';

/** Result of a piece of work, as the label `status` of its metrics. */
export type WorkStatus = 'success' | 'error' | 'timeout' | 'cancelled' | 'interrupted';

/** How a piece of work ended. */
export interface WorkEnd {
  readonly status: WorkStatus;
  /** Its duration in seconds. */
  readonly seconds: number;
  /** The converted error, if it failed. */
  readonly error?: BaseError;
}

/** What the work itself receives. */
export interface Work {
  /** Aborted past the time limit, by the caller's signal, and when a shutdown stops waiting. */
  readonly signal: AbortSignal;
  /** Aborted as soon as a shutdown begins: the time to save progress and to requeue the rest. */
  readonly draining: AbortSignal;
  /** The trace that it belongs to. */
  readonly traceId: string;
}

/** Options of all work helpers. */
export interface WorkOptions {
  /** Time limit in milliseconds, above 0; none by default. */
  readonly timeoutMs?: number;
  /** Cancels the work. */
  readonly signal?: AbortSignal;
  /** The context that a message carries: made by `context.toCarrier()`, or incoming headers. */
  readonly carrier?: unknown;
  /** Further fields of every log line. */
  readonly fields?: ContextFields;
}

/** One piece of work: its name and its measurements. */
export interface Unit extends WorkOptions {
  /** Such as `task ingest`, for logs and for the report of a shutdown. */
  readonly name: string;
  readonly origin: ErrorOrigin;
  readonly codes: {
    /** For an error that no converter recognises. */
    readonly failed: ErrorCode;
    readonly late: ErrorCode;
    readonly cancelled: ErrorCode;
  };
  readonly context: ContextFields;
  readonly onBegin?: () => void;
  readonly onEnd: (end: WorkEnd) => void;
}

/** Stands for the shutdown of a process that has no configuration. */
const NEVER = new AbortController().signal;

/** Runs work in its context, measured, counted for a shutdown, with coded errors. */
export async function runUnit<T>(unit: Unit, work: (work: Work) => T | PromiseLike<T>): Promise<T> {
  checkOptions(unit);
  const { carrier, fields, context } = unit;
  const inContext = () => runWithContext({ ...fields, ...context }, () => run(unit, work));
  if (carrier === undefined) return inContext();
  return runWithContext(LogContext.fromCarrier(carrier), inContext);
}

function run<T>(unit: Unit, work: (work: Work) => T | PromiseLike<T>): Promise<T> {
  const stop = new Stop(unit);
  const { lifecycle } = current();
  const given = {
    signal: stop.signal,
    draining: lifecycle?.draining ?? NEVER,
    traceId: getContext()?.traceId ?? '',
  };
  const begin = async () => stop.race(work(given));
  if (lifecycle === undefined) return measure(unit, stop, begin);
  const onAbandoned = (reason: unknown) =>
    stop.abort('interrupted', ErrorCode.TASK_INTERRUPTED, 'was aborted by shutdown', reason);
  return lifecycle.inFlight.run(unit.name, { onAbandoned }, (finish) =>
    measure(unit, stop, begin).finally(finish),
  );
}

async function measure<T>(unit: Unit, stop: Stop, begin: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1e3;
  stop.arm();
  try {
    unit.onBegin?.();
    stop.throwIfStopped();
    const result = await begin();
    unit.onEnd({ status: 'success', seconds: seconds() });
    return result;
  } catch (thrown) {
    const error = convertException(thrown, { defaultCode: unit.codes.failed, origin: unit.origin });
    const status = stop.status ?? statusOf(error);
    const duration = seconds();
    unit.onEnd({ status, seconds: duration, error });
    logOnce(error, getLogger('map.work'), { work: unit.name, execution_time: duration });
    throw error;
  } finally {
    stop.disarm();
  }
}

/** Everything that can stop a piece of work before it has settled; the first one counts. */
class Stop {
  readonly #unit: Unit;
  readonly #controller = new AbortController();
  readonly #stopped = Promise.withResolvers<never>();
  readonly #onAbort = () => {
    const { signal, codes } = this.#unit;
    const reason: unknown = signal?.reason;
    // The caller may pass the signal that announces a shutdown, or work that one has aborted.
    if (isInterruption(reason)) {
      this.abort('interrupted', ErrorCode.TASK_INTERRUPTED, 'was interrupted by shutdown', reason);
    } else {
      this.abort('cancelled', codes.cancelled, 'was cancelled', reason);
    }
  };
  #timer: NodeJS.Timeout | undefined;
  status: WorkStatus | undefined;

  constructor(unit: Unit) {
    this.#unit = unit;
    // Whether anybody waits for it depends on the work.
    this.#stopped.promise.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(status: WorkStatus, code: ErrorCode, why: string, cause?: unknown): void {
    this.status ??= status;
    const message = `${this.#unit.name} ${why}.`;
    const error = codedError({ code, message, originalError: cause });
    this.#controller.abort(error);
    this.#stopped.reject(error);
  }

  /** Starts the time limit and listens to the caller's signal. */
  arm(): void {
    const { timeoutMs, signal, codes } = this.#unit;
    if (timeoutMs !== undefined && timeoutMs <= MAX_TIMER_MS) {
      const why = `did not complete within ${timeoutMs} ms`;
      this.#timer = setTimeout(() => this.abort('timeout', codes.late, why), timeoutMs);
    }
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  disarm(): void {
    clearTimeout(this.#timer);
    this.#unit.signal?.removeEventListener('abort', this.#onAbort);
  }

  throwIfStopped(): void {
    this.signal.throwIfAborted();
  }

  /** Waits for the work, or for what stops it. */
  race<T>(running: T | PromiseLike<T>): Promise<T> {
    return Promise.race([running, this.#stopped.promise]);
  }
}

function statusOf(error: BaseError): WorkStatus {
  if (isInterruption(error)) return 'interrupted';
  return error.httpStatus === 499 ? 'cancelled' : 'error';
}

function isInterruption(reason: unknown): boolean {
  return isBaseError(reason) && reason.code === ErrorCode.TASK_INTERRUPTED;
}

function checkOptions({ name, timeoutMs, signal }: Unit): void {
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0)) {
    const got = typeof timeoutMs === 'number' ? timeoutMs : `a ${typeof timeoutMs}`;
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message: `\`timeoutMs\` of ${name} must be a number of milliseconds above 0, got ${got}.`,
    });
  }
  if (signal === undefined || isSignal(signal)) return;
  throw new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`signal\` of ${name} must be an AbortSignal, such as the \`signal\` of an AbortController.`,
  });
}

function isSignal(value: unknown): boolean {
  const { aborted, addEventListener } = (value ?? {}) as Record<string, unknown>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}
