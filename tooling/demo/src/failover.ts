import { setTimeout as pause } from 'node:timers/promises';
import {
  type BaseError,
  convertException,
  ErrorCode,
  isRetryable,
  LLMError,
} from '@map/config/errors';

/** What happens on the way to an answer. */
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
const FIRST_BACKOFF_MS = 50;

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
    const attempts = next === undefined ? ATTEMPTS.last : ATTEMPTS.first;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await ask(provider);
      } catch (thrown) {
        const error = convertException(thrown, { origin: 'llm', defaultCode: ErrorCode.LLM_ERROR });
        if (signal.aborted) throw error;
        failures.push(error);
        events.onError(provider, error);
        // A question does no harm twice, and nobody has seen the part of an answer that arrived.
        const known = { idempotent: true, tokensDelivered: false, attempt };
        const repeatable = isRetryable(error, known);
        const waitMs = error.retryAfterMs ?? backoffMs(attempt);
        const patient = next === undefined || waitMs <= LONG_WAIT_MS;
        if (repeatable && patient && attempt < attempts) {
          events.onRetry(provider, error, waitMs);
          await pause(waitMs, undefined, { signal });
          continue;
        }
        if (!repeatable && !error.info.failover) throw error;
        if (next !== undefined) events.onFallback(provider, next, error);
        break;
      }
    }
  }
  throw new LLMError({
    code: ErrorCode.LLM_ALL_PROVIDERS_FAILED,
    message: `No provider answered: ${providers.map(({ name }) => name).join(', ')}.`,
    originalError: failures.at(-1),
  });
}

/** Full jitter below a limit that doubles. */
function backoffMs(attempt: number): number {
  return Math.random() * FIRST_BACKOFF_MS * 2 ** attempt;
}
