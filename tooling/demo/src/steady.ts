import { setTimeout as pause } from 'node:timers/promises';
import { type BaseError, convertException, ErrorCode, isRetryable } from '@map/config/errors';

/** How long an agent bears with a Redis that fails, in milliseconds. */
const PATIENCE_MS = 4000;
const LONGEST_WAIT_MS = 250;

/**
 * Repeats what fails for a reason that may pass, until patience ends.
 * @param work Anything that may be done twice.
 * @param onError Hears of each failure.
 * @param signal Ends the waits.
 * @throws The last failure, with its code.
 */
export async function steadily<T>(
  work: () => Promise<T>,
  onError: (error: BaseError) => void,
  signal: AbortSignal,
): Promise<T> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (thrown) {
      const error = convertException(thrown, {
        origin: 'redis',
        defaultCode: ErrorCode.UNKNOWN_ERROR,
      });
      onError(error);
      const transient = isRetryable(error, { idempotent: true });
      if (!transient || performance.now() - started > PATIENCE_MS) throw error;
      await pause(Math.min(LONGEST_WAIT_MS, Math.random() * 20 * 2 ** attempt));
    }
  }
}
