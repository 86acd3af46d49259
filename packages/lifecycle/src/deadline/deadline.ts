import { ErrorCode, SystemError } from '@map/errors';
import { checkFunction, checkNames, checkSignal, optionError } from '@map/errors/kernel';
import { optionNames, withTimeLimit } from '@map/redaction/kernel';
import { setTimeLeft } from './time-left.ts';

/** Options of {@link withDeadline}. */
export interface DeadlineOptions<T> {
  /** Time limit in milliseconds, 0 or more; `Infinity` sets no limit. */
  readonly timeoutMs: number;
  /** Names the work in the error message, such as `The export`. */
  readonly what: string;
  /** Stops waiting early; the caller receives its reason. */
  readonly signal?: AbortSignal;
  /** Receives a value that arrives after the caller stopped waiting, so that it can be closed. */
  readonly onLate?: (value: T) => unknown;
}

const OPTIONS = optionNames<DeadlineOptions<unknown>>({
  timeoutMs: true,
  what: true,
  signal: true,
  onLate: true,
});

/**
 * Runs `work` and settles with its outcome, or rejects once the time limit has passed.
 *
 * @param work Receives a signal that is aborted when the caller stops waiting.
 * @param options The limit, a name for the message, and what to do with a late value.
 * @returns The value of `work`.
 * @throws `OPERATION_TIMEOUT_1002` past the limit; the reason of `signal` once that is aborted;
 * `CONFIG_INVALID_3002` for an option that cannot be used; otherwise whatever `work` throws.
 * @example
 * ```ts
 * import { withDeadline } from '@map/lifecycle';
 *
 * const answer = await withDeadline(async () => 42, { timeoutMs: 100, what: 'The answer' });
 * console.log(answer);
 * ```
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  options: DeadlineOptions<T>,
): Promise<T> {
  checkFunction('work', work);
  checkNames('withDeadline()', options ?? {}, OPTIONS);
  const { timeoutMs, what, signal, onLate } = options ?? {};
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
    throw optionError('timeoutMs', 'a number of milliseconds, 0 or more', timeoutMs);
  }
  checkSignal('signal', signal);
  // Older implementations have no `throwIfAborted()`.
  if (signal?.aborted) throw signal.reason;
  const controller = new AbortController();
  setTimeLeft(controller.signal, timeoutMs);
  const running = Promise.resolve().then(() => work(controller.signal));
  running.then(
    (value) => {
      if (controller.signal.aborted) Promise.resolve(value).then(onLate).catch(ignore);
    },
    // Once the caller has stopped waiting, nothing is left to receive the error.
    ignore,
  );
  const onLimit = () => {
    const limit = Math.round(timeoutMs);
    const error = new SystemError({
      code: ErrorCode.OPERATION_TIMEOUT,
      message: `${what} did not complete within ${limit} ms.`,
      details: { timeout_ms: limit },
    });
    controller.abort(error);
    throw error;
  };
  if (signal === undefined) return withTimeLimit(running, timeoutMs, onLimit);
  const interrupted = Promise.withResolvers<never>();
  const onAbort = () => {
    controller.abort(signal.reason);
    interrupted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await withTimeLimit(Promise.race([running, interrupted.promise]), timeoutMs, onLimit);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function ignore(): void {}
