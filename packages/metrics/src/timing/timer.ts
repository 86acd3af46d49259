import { checkMethod } from '../common/check.ts';
import { nowSeconds } from '../common/clock.ts';
import type { Disposes } from '../common/disposable.ts';
import type { Histogram } from '../instruments/metric.ts';

/** A measurement that runs until `stop()`, or until its `using` block ends. */
export interface Timer<L extends object> extends Disposes {
  /**
   * Records the time since the start, once.
   *
   * @param labels Further labels, beside those given at the start.
   * @returns Seconds; a second call returns the same.
   */
  stop(labels?: Partial<L>): number;
}

/**
 * Starts a timer.
 *
 * @param metric The histogram that records the seconds.
 * @param labels The labels that are known already.
 * @returns The timer.
 * @example
 * ```ts
 * import { startTimer, TASK_DURATION } from '@map/metrics';
 *
 * const timer = startTimer(TASK_DURATION, { task_type: 'summary' });
 * console.log(timer.stop({ status: 'success' }) >= 0);
 * ```
 */
export function startTimer<L extends object>(metric: Histogram<L>, labels?: L): Timer<L> {
  checkMethod('metric', metric, 'observe');
  const start = nowSeconds();
  let seconds: number | undefined;
  const stop = (more?: Partial<L>): number => {
    if (seconds === undefined) {
      seconds = nowSeconds() - start;
      metric.observe(together(labels, more), seconds);
    }
    return seconds;
  };
  return { stop, [Symbol.dispose]: () => void stop() };
}

/** Labels that cannot be read are passed on; the metric rejects them. */
function together<L extends object>(labels: L | undefined, more: Partial<L> | undefined): L {
  try {
    return { ...labels, ...more } as L;
  } catch {
    return labels as L;
  }
}
