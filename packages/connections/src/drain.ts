import type { Calls } from './call.ts';

/**
 * Waits until no operation is under way.
 *
 * @param calls - The operations; whoever changes what `isIdle` looks at calls their `onIdle`.
 * @param isIdle - Whether nothing else is under way either.
 * @param timeoutMs - When to wait no longer, in milliseconds.
 */
export function drained(calls: Calls, isIdle: () => boolean, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      calls.onIdle = undefined;
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    calls.onIdle = () => {
      if (calls.pending === 0 && isIdle()) done();
    };
    calls.onIdle();
  });
}
