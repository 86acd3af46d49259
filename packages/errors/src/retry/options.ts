import { MAX_TIMER_MS, optionNames, unknownOption } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { RetryContext } from '../convert/is-retryable.ts';
import type { BaseError } from '../error/base-error.ts';
import { ConfigurationError } from '../error/classes.ts';
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

/** The options, checked and complete. */
export interface RetryPolicy extends RetryOptions {
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxRetryAfterMs: number;
}

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

/**
 * Checks the options and fills in their defaults.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function retryPolicy(work: unknown, options: RetryOptions): RetryPolicy {
  if (typeof work !== 'function') throw optionError('work', 'a function', work);
  if (typeof options !== 'object' || options === null) {
    throw optionError('options', 'an object', options);
  }
  const unknown = unknownOption('retry()', options, NAMES);
  if (unknown !== undefined) {
    const { message, option } = unknown;
    throw new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message, details: { option } });
  }
  const { budget, signal, onRetry, timeoutMs } = options;
  const unlimited = timeoutMs === undefined ? 3 : Number.POSITIVE_INFINITY;
  const { maxAttempts = unlimited } = options;
  if (
    !(maxAttempts === Number.POSITIVE_INFINITY || Number.isInteger(maxAttempts)) ||
    maxAttempts < 1
  ) {
    throw optionError('maxAttempts', 'a whole number of attempts, 1 or more', maxAttempts);
  }
  if (budget !== undefined && (typeof budget !== 'string' || budget === '')) {
    throw optionError('budget', 'a non-empty string', budget);
  }
  if (signal !== undefined && !isSignal(signal)) {
    throw optionError('signal', 'an AbortSignal', signal);
  }
  if (onRetry !== undefined && typeof onRetry !== 'function') {
    throw optionError('onRetry', 'a function', onRetry);
  }
  return {
    ...options,
    maxAttempts,
    timeoutMs:
      timeoutMs === undefined ? Number.POSITIVE_INFINITY : checkMs('timeoutMs', timeoutMs, 1),
    baseDelayMs: checkMs('baseDelayMs', options.baseDelayMs ?? 100, 0),
    maxDelayMs: checkMs('maxDelayMs', options.maxDelayMs ?? 10_000, 0),
    maxRetryAfterMs: checkMs('maxRetryAfterMs', options.maxRetryAfterMs ?? 60_000, 0),
  };
}

function checkMs(option: string, value: unknown, min: number): number {
  if (typeof value === 'number' && value >= min && value <= MAX_TIMER_MS) return value;
  throw optionError(option, `a number of milliseconds from ${min} to ${MAX_TIMER_MS}`, value);
}

function isSignal(value: unknown): boolean {
  const { aborted, addEventListener } = (value ?? {}) as Record<string, unknown>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}

function optionError(option: string, expected: string, got: unknown): ConfigurationError {
  const plain = typeof got === 'number' || got === null || got === undefined;
  const shown = plain ? String(got) : `a value of type ${typeof got}`;
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`${option}\` of retry() must be ${expected}, got ${shown}.`,
    details: { option },
  });
}
