/** The longest delay that `setTimeout` supports; a longer one would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Options of {@link withTimeLimit}. */
export interface TimeLimitOptions<T> {
  /** `true` lets the process exit while the timer runs. Default: `false`. */
  readonly unref?: boolean;
  /** Receives a value that arrives after the limit, so that it can be closed. */
  readonly onLate?: (value: T) => unknown;
}

/**
 * Waits for a promise, but no longer than a time limit. The timer is cleared in every case, and a
 * rejection after the limit is not reported as unhandled.
 *
 * @param promise The promise to wait for.
 * @param timeoutMs The limit in milliseconds; `Infinity`, or anything above `MAX_TIMER_MS`, waits
 *   without a timer.
 * @param onTimeout Called when the limit has passed; its result or error becomes the outcome.
 * @param options See {@link TimeLimitOptions}.
 * @returns The promise's outcome, or that of `onTimeout`.
 */
export function withTimeLimit<T, L = never>(
  promise: PromiseLike<T>,
  timeoutMs: number,
  onTimeout: () => L | PromiseLike<L>,
  options: TimeLimitOptions<T> = {},
): Promise<T | L> {
  return new Promise<T | L>((resolve, reject) => {
    let expired = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    promise.then(
      (value) => {
        clearTimeout(timer);
        if (expired) deliverLate(value, options.onLate);
        else resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
    if (timeoutMs > MAX_TIMER_MS) return;
    timer = setTimeout(
      () => {
        expired = true;
        try {
          resolve(onTimeout());
        } catch (error) {
          reject(error);
        }
      },
      Math.max(0, timeoutMs),
    );
    if (options.unref === true) timer.unref();
  });
}

function deliverLate<T>(value: T, onLate: ((value: T) => unknown) | undefined): void {
  if (onLate === undefined) return;
  // The caller has its outcome already; an error of the callback has no receiver.
  new Promise((resolve) => resolve(onLate(value))).catch(() => undefined);
}
