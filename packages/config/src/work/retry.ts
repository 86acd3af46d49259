import { type RetryAttempt, type RetryOptions, retry as retryWork } from '@map/errors/retry';
import { getMetricsManager } from '@map/metrics';
import { currentLlmCall } from '@map/metrics/llm';
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
  const signal = withSurrounding(options.signal);
  return retryWork(work, {
    ...options,
    ...(signal !== undefined && { signal }),
    onRetry: (event) => {
      count(event.error.code);
      return onRetry?.(event);
    },
  });
}

function isObject(options: unknown): boolean {
  return typeof options === 'object' && options !== null;
}

/** Adds the signal of the work around it: no caller waits for a retry once that has been stopped. */
function withSurrounding(given: AbortSignal | undefined): AbortSignal | undefined {
  const around = currentWork()?.signal;
  if (around === undefined || given === undefined) return given ?? around;
  return given instanceof AbortSignal ? AbortSignal.any([given, around]) : given;
}

function count(reason: string): void {
  const metrics = getMetricsManager();
  const call = currentLlmCall();
  const task_type = currentWork()?.taskType;
  if (call !== undefined) metrics.trackLlm('retries', { ...call, reason });
  else if (task_type !== undefined) metrics.trackTask('retries', { task_type });
}
