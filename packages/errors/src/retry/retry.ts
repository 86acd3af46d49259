import { MAX_TIMER_MS } from '@map/redaction/kernel';
import { convertException } from '../convert/convert-exception.ts';
import { isRetryable } from '../convert/is-retryable.ts';
import type { BaseError } from '../error/base-error.ts';
import { sharedBudget } from './budget.ts';
import { fullJitter } from './jitter.ts';
import { RetryLimits } from './limits.ts';
import { type RetryEvent, type RetryOptions, type RetryPolicy, retryPolicy } from './options.ts';
import { runWaiting } from './waiting.ts';

/** The argument of the work. */
export interface RetryAttempt {
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /** Aborted past the time limit and by the caller's signal. */
  readonly signal: AbortSignal;
}

/**
 * Runs work again while its error says that this may help: `isRetryable` decides whether,
 * `retryAfterMs` decides when, and full jitter under a doubling cap where the error does not say.
 *
 * No timer and no listener remains once it has settled. An attempt that could not begin before the
 * time limit is not waited for.
 *
 * @param work - Runs once for each attempt.
 * @param options - Attempts or time limit, waits, shared budget, signal; all have defaults.
 * @returns What the work returns.
 * @throws The converted error of the last attempt; after more than one, its details have `attempts`
 * and `waited_ms`. `OPERATION_TIMEOUT_1002` if the time limit passes during an attempt;
 * `OPERATION_CANCELLED_1003` or the coded reason of `signal`; the converted error of `onRetry`;
 * `CONFIG_INVALID_3002` for an option that cannot be used.
 *
 * @example
 * ```ts
 * import { BaseError, ErrorCode } from '@map/errors';
 * import { retry } from '@map/errors/retry';
 *
 * const answer = await retry(({ attempt }) => {
 *   if (attempt === 1) throw new BaseError({ code: ErrorCode.LLM_TIMEOUT, message: 'Too slow.' });
 *   return 42;
 * });
 * answer; // 42
 * ```
 */
export async function retry<T>(
  work: (attempt: RetryAttempt) => T | PromiseLike<T>,
  options: RetryOptions = {},
): Promise<T> {
  const policy = retryPolicy(work, options);
  const limits = new RetryLimits(policy.timeoutMs, policy.signal);
  const { signal } = limits;
  const budget = policy.budget === undefined ? undefined : sharedBudget(policy.budget);
  let attempt = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (attempt === 0) budget?.deposit();
      attempt += 1;
      let error: BaseError;
      try {
        return await limits.race(runWaiting(limits, () => work({ attempt, signal })));
      } catch (thrown) {
        error = convertException(thrown, { origin: policy.origin });
      }
      if (signal.aborted) throw signal.reason;
      limits.lastError = error;
      const delayMs = nextDelay(policy, attempt, error);
      if (delayMs === undefined || performance.now() + delayMs >= limits.endsAt) throw error;
      if (budget?.withdraw() === false) throw error;
      await notify(policy, limits, { attempt, delayMs, error });
      const pausedAt = performance.now();
      await limits.sleep(delayMs).finally(() => {
        waitedMs += performance.now() - pausedAt;
      });
    }
  } catch (thrown) {
    const error = thrown as BaseError;
    if (attempt > 1 || waitedMs > 0) note(error, attempt, waitedMs);
    throw error;
  } finally {
    limits.release();
  }
}

/** Calls the listener; what it throws ends the retries, and is coded as the work's own errors are. */
async function notify(
  { onRetry, origin }: RetryPolicy,
  limits: RetryLimits,
  event: RetryEvent,
): Promise<void> {
  if (onRetry === undefined) return;
  try {
    await limits.race(onRetry(event));
  } catch (thrown) {
    throw convertException(thrown, { origin });
  }
}

/** How long to wait before the next attempt; undefined if there is to be none. */
function nextDelay(policy: RetryPolicy, attempt: number, error: BaseError): number | undefined {
  if (attempt >= policy.maxAttempts) return undefined;
  const { idempotent, tokensDelivered } = policy;
  const known = {
    ...(idempotent !== undefined && { idempotent }),
    ...(tokensDelivered !== undefined && { tokensDelivered }),
  };
  if (!isRetryable(error, { ...known, attempt })) return undefined;
  const { retryAfterMs } = error;
  const { baseDelayMs, maxDelayMs, maxRetryAfterMs } = policy;
  if (retryAfterMs !== undefined && retryAfterMs > maxRetryAfterMs) return undefined;
  // A server that says "now" each time would be called without a pause.
  if (retryAfterMs === undefined || retryAfterMs < baseDelayMs) {
    return Math.max(retryAfterMs ?? 0, fullJitter(attempt - 1, maxDelayMs, baseDelayMs));
  }
  // Callers that were refused together would otherwise come back together.
  return Math.min(retryAfterMs * (1 + Math.random() / 10), MAX_TIMER_MS);
}

/** Adds attempts and waits to the details of the error. */
function note(error: BaseError, attempts: number, waitedMs: number): void {
  const details: unknown = error?.details;
  if (typeof details !== 'object' || details === null || !Object.isExtensible(details)) return;
  Object.assign(details, { attempts, waited_ms: Math.round(waitedMs) });
}
