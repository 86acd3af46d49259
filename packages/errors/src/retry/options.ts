import { optionNames } from '@map/redaction/kernel';
import type { RetryContext } from '../convert/is-retryable.ts';
import type { BaseError } from '../error/base-error.ts';
import {
  checkChoice,
  checkFlag,
  checkFunction,
  checkMs,
  checkNames,
  checkSignal,
  checkWhole,
} from '../option/checks.ts';
import { optionError } from '../option/option-error.ts';
import type { ErrorOrigin } from '../recognise/recognition.ts';

/** A retry that is about to be made. */
export interface RetryEvent {
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** How long the next attempt waits, in milliseconds. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: BaseError;
}

/** Options of `retry`; all have defaults. Times in milliseconds. */
export interface RetryOptions extends Omit<RetryContext, 'attempt'> {
  /** Attempts at most, the first included; 3 by default, unlimited if `timeoutMs` is given. */
  readonly maxAttempts?: number;
  /** Limit of all attempts and waits together; none by default. */
  readonly timeoutMs?: number;
  /** Upper bound of the first wait; doubles with each attempt; 100 by default. */
  readonly baseDelayMs?: number;
  /** Longest wait that backoff chooses; 10,000 by default. */
  readonly maxDelayMs?: number;
  /** Longest wait that a server may ask for; beyond it, the error is thrown; 60,000 by default. */
  readonly maxRetryAfterMs?: number;
  /**
   * Name of a budget that all calls with this name share: 10 retries at once, then one for every
   * five calls. Without it, each call retries on its own.
   */
  readonly budget?: string;
  /** Cancels the attempt in flight and the waits. */
  readonly signal?: AbortSignal;
  /** Where errors come from: a raw timeout of a model is another code than one of a tool. */
  readonly origin?: ErrorOrigin;
  /** Called before each wait, and waited for. An error of it ends the retries and is thrown. */
  readonly onRetry?: (event: RetryEvent) => unknown;
}

/** The options, checked and complete. @internal */
export interface RetryPolicy extends RetryOptions {
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxRetryAfterMs: number;
}

/** The owner of the options in messages. */
const OF = 'retry()';

const NAMES = optionNames<RetryOptions>({
  maxAttempts: true,
  timeoutMs: true,
  baseDelayMs: true,
  maxDelayMs: true,
  maxRetryAfterMs: true,
  budget: true,
  signal: true,
  origin: true,
  onRetry: true,
  idempotent: true,
  tokensDelivered: true,
});

const ORIGINS: Readonly<Record<ErrorOrigin, true>> = {
  llm: true,
  api: true,
  tool: true,
  agent: true,
  task: true,
  memory: true,
  cache: true,
  redis: true,
  database: true,
};

/**
 * Checks the options and fills in their defaults.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 * @internal
 */
export function retryPolicy(work: unknown, options: RetryOptions): RetryPolicy {
  checkFunction('work', work, OF);
  checkNames(OF, options, NAMES);
  const { budget, origin, signal, onRetry, timeoutMs } = options;
  const unlimited = timeoutMs === undefined ? 3 : Number.POSITIVE_INFINITY;
  const { maxAttempts = unlimited } = options;
  if (maxAttempts !== Number.POSITIVE_INFINITY) checkWhole('maxAttempts', maxAttempts, OF);
  if (budget !== undefined && (typeof budget !== 'string' || budget === '')) {
    throw optionError('budget', 'a non-empty string', budget, { of: OF });
  }
  if (origin !== undefined) checkChoice('origin', Object.keys(ORIGINS), origin, OF);
  checkFlag('idempotent', options.idempotent, OF);
  checkFlag('tokensDelivered', options.tokensDelivered, OF);
  checkSignal('signal', signal, OF);
  if (onRetry !== undefined) checkFunction('onRetry', onRetry, OF);
  return {
    ...options,
    maxAttempts,
    timeoutMs:
      timeoutMs === undefined
        ? Number.POSITIVE_INFINITY
        : checkMs('timeoutMs', timeoutMs, { min: 1, of: OF }),
    baseDelayMs: checkMs('baseDelayMs', options.baseDelayMs ?? 100, { min: 0, of: OF }),
    maxDelayMs: checkMs('maxDelayMs', options.maxDelayMs ?? 10_000, { min: 0, of: OF }),
    maxRetryAfterMs: checkMs('maxRetryAfterMs', options.maxRetryAfterMs ?? 60_000, {
      min: 0,
      of: OF,
    }),
  };
}
