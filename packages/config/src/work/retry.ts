import { type RetryAttempt, type RetryOptions, retry as retryWork } from '@map/errors/retry';
import { getMetricsManager } from '@map/metrics';
import { currentLlmCall } from '@map/metrics/kernel';
import { isAbortSignal } from '@map/redaction/kernel';
import { currentWork } from './current-work.ts';

/**
 * Runs work again while its error says that this may help, and counts each retry: as
 * `llm_retries_total` inside `observeLlm`, otherwise as `task_retries_total` inside `runTask`. Inside
 * a unit of work it also ends when that is stopped.
 *
 * @param work Runs once for each attempt; it receives a signal and the number of the attempt.
 * @param options Attempts or time limit, waits, shared budget, signal; all have defaults.
 * @returns What the work returns.
 * @throws The converted error of the last attempt, with `attempts` and `waited_ms` in its details
 * after more than one; `OPERATION_TIMEOUT_1002` if the time limit passes during an attempt;
 * `OPERATION_CANCELLED_1003` or the coded reason of `signal`; the converted error of `onRetry`;
 * `CONFIG_INVALID_3002` for an option that cannot be used.
 * @example
 * ```ts
 * import { retry } from '@map/config';
 *
 * const answer = await retry(async ({ signal }) => {
 *   signal.throwIfAborted();
 *   return 42;
 * }, { maxAttempts: 5, budget: 'search' });
 * console.log(answer);
 * ```
 */
export function retry<T>(
  work: (attempt: RetryAttempt) => T | PromiseLike<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { onRetry } = options ?? {};
  // What cannot be used is refused there.
  if (!isObject(options) || !['function', 'undefined'].includes(typeof onRetry)) {
    return retryWork(work, options);
  }
  const { signal, release } = withSurrounding(options.signal);
  const running = retryWork(work, {
    ...options,
    ...(signal !== undefined && { signal }),
    onRetry: (event) => {
      count(event.error.code);
      return onRetry?.(event);
    },
  });
  return release === undefined ? running : running.finally(release);
}

function isObject(options: unknown): boolean {
  return typeof options === 'object' && options !== null;
}

/** Adds the signal of the work around it: no caller waits for a retry once that has been stopped. */
function withSurrounding(given: AbortSignal | undefined): Surrounded {
  const around = currentWork()?.signal;
  if (around === undefined || given === undefined) return { signal: given ?? around };
  // What cannot be used is refused later.
  if (!isAbortSignal(given)) return { signal: given };
  if (isOwn(given)) return { signal: AbortSignal.any([given, around]) };
  // A signal of another realm, such as that of jsdom, which `any` does not take.
  const both = new AbortController();
  const follow = () => both.abort(given.reason);
  if (given.aborted) follow();
  else given.addEventListener('abort', follow);
  return {
    signal: AbortSignal.any([both.signal, around]),
    release: () => given.removeEventListener('abort', follow),
  };
}

function isOwn(signal: object): boolean {
  return signal instanceof AbortSignal;
}

interface Surrounded {
  readonly signal: AbortSignal | undefined;
  /** Removes the listener, if there is one. */
  readonly release?: () => void;
}

function count(reason: string): void {
  const metrics = getMetricsManager();
  const call = currentLlmCall();
  const task_type = currentWork()?.taskType;
  if (call !== undefined) metrics.trackLlm('retries', { ...call, reason });
  else if (task_type !== undefined) metrics.trackTask('retries', { task_type });
}
