import { retry } from '@map/config';
import {
  type BaseError,
  convertException,
  ErrorCode,
  isRetryable,
  LLMError,
} from '@map/config/errors';

/** The events on the way to a response. */
export interface FailoverEvents<P> {
  onError(provider: P, error: BaseError): void;
  /** The same provider is asked again after a wait. */
  onRetry(provider: P, error: BaseError, waitMs: number): void;
  /** Another provider takes over. */
  onFallback(from: P, to: P, error: BaseError): void;
}

/** How often one provider is asked when another one waits, and when it is the last. */
const ATTEMPTS = { first: 2, last: 6 };
/** A provider that wants a longer pause is left for another one. */
const LONG_WAIT_MS = 1000;
const FIRST_BACKOFF_MS = 100;

/**
 * Asks providers in turn until one answers: again after what may pass, the next one after what
 * another may do better.
 * @param providers In order of preference, at least one.
 * @param ask Asks one of them.
 * @param signal Ends the waits between attempts.
 * @throws The failure that no other attempt can mend, or `LLM_ALL_PROVIDERS_FAILED_5014`.
 */
export async function withFailover<P extends { readonly name: string }, T>(
  providers: readonly P[],
  ask: (provider: P) => Promise<T>,
  events: FailoverEvents<P>,
  signal: AbortSignal,
): Promise<T> {
  const failures: BaseError[] = [];
  for (const [index, provider] of providers.entries()) {
    const next = providers[index + 1];
    const attempt = async (): Promise<T> => {
      try {
        return await ask(provider);
      } catch (thrown) {
        const error = convertException(thrown, { origin: 'llm', defaultCode: ErrorCode.LLM_ERROR });
        if (!signal.aborted) {
          failures.push(error);
          events.onError(provider, error);
        }
        throw error;
      }
    };
    try {
      return await retry(attempt, {
        // A question does no harm twice, and no reader has seen the part of an answer that arrived.
        idempotent: true,
        tokensDelivered: false,
        maxAttempts: next === undefined ? ATTEMPTS.last : ATTEMPTS.first,
        baseDelayMs: FIRST_BACKOFF_MS,
        ...(next !== undefined && { maxDelayMs: LONG_WAIT_MS, maxRetryAfterMs: LONG_WAIT_MS }),
        signal,
        onRetry: ({ error, delayMs }) => events.onRetry(provider, error, delayMs),
      });
    } catch (thrown) {
      const error = thrown as BaseError;
      if (signal.aborted) throw error;
      const known = { idempotent: true, tokensDelivered: false, attempt: 1 };
      if (!isRetryable(error, known) && !error.info.failover) throw error;
      if (next !== undefined) events.onFallback(provider, next, error);
    }
  }
  throw new LLMError({
    code: ErrorCode.LLM_ALL_PROVIDERS_FAILED,
    message: `No provider answered: ${providers.map(({ name }) => name).join(', ')}.`,
    originalError: failures.at(-1),
  });
}
