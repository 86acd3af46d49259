import type { RetryBudget } from '@map/errors/core';
import type { Options, RetryOptions } from 'got';
import { exchangeOf } from './exchange.ts';
import type { HttpLimits } from './settings.ts';

/** Methods that may be repeated when it is unknown whether the request was executed. */
const idempotent: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'],
]);

/**
 * Makes the retry options of a client. Which requests may be repeated at all is left to got, so that
 * a request's own `retry` has its documented effect.
 *
 * @param budget - Has to allow every retry.
 */
export function retrySettings(limits: HttpLimits, budget: RetryBudget): Partial<RetryOptions> {
  return {
    limit: limits.retries,
    maxRetryAfter: limits.maxRetryAfterMs,
    calculateDelay: ({ attemptCount, computedValue, error, retryAfter, retryOptions }) => {
      // A hook requested another attempt, for example with a new token: nothing has failed.
      if (error.name === 'RetryError' || computedValue === 0) return computedValue;
      const cap = Math.min(limits.maxRetryDelayMs, retryOptions.backoffLimit);
      const delay =
        retryAfter ?? Math.random() * Math.min(cap, 100 * 2 ** Math.min(attemptCount, 20));
      const deadlineAt = exchangeOf(error.options)?.operation.deadlineAt;
      // An attempt that could not complete in time would only hide the cause of the failure.
      const left = (deadlineAt ?? Number.POSITIVE_INFINITY) - performance.now();
      if (delay >= left || !budget.withdraw()) return 0;
      return Math.max(1, retryAfter === undefined ? delay : delay * (1 + Math.random() / 10));
    },
  };
}

/**
 * Whether a request may be executed twice: because of its method, or because the server can recognise
 * a repetition, which is then allowed like that of any other request.
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
