import {
  type BaseError,
  ConfigurationError,
  convertException,
  ErrorCode,
  type ErrorOrigin,
} from '@map/errors';
import { type ContextFields, getContext, getLogger, LogContext, runWithContext } from '@map/logger';
import { codedError } from './coded-error.ts';
import { holder } from './current.ts';
import { MAX_TIMER_MS } from './deadline.ts';
import { logOnce } from './log-once.ts';

/** How a piece of work ended, as the label `status` of its metrics. */
export type WorkStatus = 'success' | 'error' | 'timeout' | 'cancelled';

/** How a piece of work ended, and when. */
export interface WorkEnd {
  readonly status: WorkStatus;
  /** Its time in seconds. */
  readonly seconds: number;
  /** The converted error, when it failed. */
  readonly error?: BaseError;
}

/** What the work itself is given. */
export interface Work {
  /** Aborted past the limit, by the caller's own signal, and when a shutdown gives up on it. */
  readonly signal: AbortSignal;
  /** The trace it belongs to. */
  readonly traceId: string;
}

/** What all helpers have in common. */
export interface WorkOptions {
  /** Limit in milliseconds; none when left out. */
  readonly timeoutMs?: number;
  /** Cancels the work. */
  readonly signal?: AbortSignal;
  /** What a message brought along: made by `context.toCarrier()`, or incoming headers. */
  readonly carrier?: unknown;
  /** Further fields of every log line. */
  readonly fields?: ContextFields;
}

/** One piece of work: what it is called, and who measures it. */
export interface Unit extends WorkOptions {
  /** Such as `task ingest`, for logs and for the report of a shutdown. */
  readonly name: string;
  readonly origin: ErrorOrigin;
  /** Codes for a failure that nothing recognises, a missed limit and a cancellation. */
  readonly codes: {
    readonly failed: ErrorCode;
    readonly late: ErrorCode;
    readonly gone: ErrorCode;
  };
  readonly context: ContextFields;
  readonly onBegin?: () => void;
  readonly onEnd: (end: WorkEnd) => void;
}

/** Runs work in its context, measured, counted for a shutdown, with coded errors. */
export function runUnit<T>(unit: Unit, work: (work: Work) => T | PromiseLike<T>): Promise<T> {
  if (unit.timeoutMs !== undefined && !(unit.timeoutMs > 0)) {
    const message = `timeoutMs of ${unit.name} is ${unit.timeoutMs}. Use milliseconds above 0.`;
    return Promise.reject(new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message }));
  }
  const inContext = () =>
    runWithContext({ ...unit.fields, ...unit.context }, () => run(unit, work));
  if (unit.carrier === undefined) return inContext();
  return runWithContext(LogContext.fromCarrier(unit.carrier), inContext);
}

async function run<T>(unit: Unit, work: (work: Work) => T | PromiseLike<T>): Promise<T> {
  const { name, timeoutMs, signal, codes } = unit;
  const controller = new AbortController();
  const startedAt = performance.now();
  let stop: WorkStatus | undefined;
  let giveUp: (error: BaseError) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  const abort = (status: WorkStatus, code: ErrorCode, why: string, cause?: unknown) => {
    stop ??= status;
    const error = codedError({ code, message: `${name} ${why}.`, originalError: cause });
    controller.abort(error);
    giveUp(error);
  };

  const finished = holder().inFlight?.begin(name, {
    onAbandoned: (reason) => abort('cancelled', codes.gone, 'was given up by the shutdown', reason),
  });
  const onAbort = () => abort('cancelled', codes.gone, 'was cancelled', signal?.reason);
  const timer =
    timeoutMs === undefined || timeoutMs > MAX_TIMER_MS
      ? undefined
      : setTimeout(
          () => abort('timeout', codes.late, `did not end within ${timeoutMs} ms`),
          timeoutMs,
        );
  try {
    unit.onBegin?.();
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    const running = stop === undefined ? callNow(work, controller.signal) : stopped;
    const result = await Promise.race([running, stopped]);
    unit.onEnd({ status: 'success', seconds: (performance.now() - startedAt) / 1e3 });
    return result;
  } catch (thrown) {
    const error = convertException(thrown, { defaultCode: codes.failed, origin: unit.origin });
    const seconds = (performance.now() - startedAt) / 1e3;
    unit.onEnd({ status: stop ?? statusOf(error), seconds, error });
    logOnce(error, getLogger('map.work'), { work: name, execution_time: seconds });
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    finished?.();
  }
}

async function callNow<T>(
  work: (work: Work) => T | PromiseLike<T>,
  signal: AbortSignal,
): Promise<T> {
  return await work({ signal, traceId: getContext()?.traceId ?? '' });
}

function statusOf(error: BaseError): WorkStatus {
  return error.httpStatus === 499 ? 'cancelled' : 'error';
}
