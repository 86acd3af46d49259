import type { Options, RetryOptions } from 'got';
import { exchangeOf } from './http-exchange.ts';
import type { HttpLimits } from './http-settings.ts';
import type { RetryBudget } from './retry-budget.ts';

/** Methods that may be repeated when nobody knows whether the first one was carried out. */
const idempotent: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
]);

/**
 * Makes the retry settings of a client. What may be repeated at all is left to the rules of got, so
 * that a request's own `retry` means what it means there.
 *
 * @param budget - Is asked before every repetition.
 */
export function retrySettings(limits: HttpLimits, budget: RetryBudget): Partial<RetryOptions> {
  return {
    limit: limits.retries,
    maxRetryAfter: limits.maxRetryAfterMs,
    calculateDelay: ({ attemptCount, computedValue, error, retryAfter, retryOptions }) => {
      // A hook has asked for another attempt, with a new token for example: nothing has failed.
      if (error.name === 'RetryError' || computedValue === 0) return computedValue;
      const cap = Math.min(limits.maxRetryDelayMs, retryOptions.backoffLimit);
      const delay =
        retryAfter ?? Math.random() * Math.min(cap, 100 * 2 ** Math.min(attemptCount, 20));
      const exchange = exchangeOf(error.options.signal);
      // An attempt that could not end in time would only hide the cause of the failure.
      const left = (exchange?.call.deadlineAt ?? Number.POSITIVE_INFINITY) - performance.now();
      if (delay >= left || !budget.withdraw()) return 0;
      return Math.max(1, retryAfter === undefined ? delay : delay * (1 + Math.random() / 10));
    },
  };
}

/**
 * Whether a request may be carried out twice: by its method, or because the server can tell it from
 * its repetition, which is then allowed like that of any other.
 */
export function allowRepetition(options: Options): boolean {
  const { method } = options;
  if (idempotent.has(method)) return true;
  if (options.headers['idempotency-key'] === undefined) return false;
  const { body, retry } = options;
  const isReplayable = typeof body !== 'object' || ArrayBuffer.isView(body);
  if (isReplayable && !retry.methods?.includes(method as never)) {
    options.retry = { methods: [...(retry.methods ?? []), method as never] };
  }
  return true;
}
