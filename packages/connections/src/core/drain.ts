import type { Operations } from './operations.ts';

/**
 * Waits until no operation is in flight.
 *
 * @param operations - The operations; code that changes the result of `isIdle` calls their `onIdle`.
 * @param isIdle - Whether everything else has ended too.
 * @param timeoutMs - When to stop waiting, in milliseconds.
 */
export function drained(
  operations: Operations,
  isIdle: () => boolean,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      operations.onIdle = undefined;
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    operations.onIdle = () => {
      if (operations.pending === 0 && isIdle()) done();
    };
    operations.onIdle();
  });
}
