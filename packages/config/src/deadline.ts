import { ErrorCode, SystemError } from '@map/errors';

/** What {@link withDeadline} is given beside the work itself. */
export interface DeadlineOptions<T> {
  /** Time limit in milliseconds; `Infinity` waits without a timer. */
  readonly timeoutMs: number;
  /** Names the work in the error message. */
  readonly what: string;
  /** Receives a value that arrives after the limit, so that it can be closed. */
  readonly onLate?: (value: T) => unknown;
}

/** The longest delay that `setTimeout` keeps; anything above would fire at once. */
export const MAX_TIMER_MS: number = 2_147_483_647;

/**
 * Runs `work` and settles with its outcome, or rejects once the limit has passed.
 *
 * @param work Receives a signal that is aborted when the limit passes.
 * @param options The limit, a name for the message, and what to do with a late value.
 * @returns The value of `work`.
 * @throws `OPERATION_TIMEOUT_1002` past the limit; otherwise whatever `work` throws.
 * @example
 * ```ts
 * import { withDeadline } from '@map/config';
 *
 * const answer = await withDeadline(async () => 42, { timeoutMs: 100, what: 'The answer' });
 * console.log(answer);
 * ```
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  options: DeadlineOptions<T>,
): Promise<T> {
  const { timeoutMs, what, onLate } = options;
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let expired = false;

  const running = Promise.resolve().then(() => work(controller.signal));
  const limit = new Promise<never>((_resolve, reject) => {
    if (timeoutMs > MAX_TIMER_MS) return;
    timer = setTimeout(
      () => {
        expired = true;
        const error = new SystemError({
          code: ErrorCode.OPERATION_TIMEOUT,
          message: `${what} did not end within ${Math.round(timeoutMs)} ms.`,
          details: { timeout_ms: Math.round(timeoutMs) },
        });
        controller.abort(error);
        reject(error);
      },
      Math.max(0, timeoutMs),
    );
  });
  // A value that comes too late is handed over; an error that comes too late has no one to hear it.
  running.then(
    (value) => {
      if (expired) Promise.resolve(value).then(onLate).catch(ignore);
    },
    () => undefined,
  );
  try {
    return await Promise.race([running, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {}
