export { RetryBudget } from './retry/budget.ts';
export { fullJitter } from './retry/jitter.ts';
export type { RetryEvent, RetryOptions } from './retry/options.ts';
export { type RetryAttempt, retry } from './retry/retry.ts';
