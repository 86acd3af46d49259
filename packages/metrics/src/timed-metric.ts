import { nowSeconds } from './clock.ts';
import type { Histogram } from './metric.ts';

/** Wraps a function, or a method as a decorator. */
export type Timed = <F extends (...args: never[]) => unknown>(target: F, context?: unknown) => F;

/** Times every call. */
export function timedMetric<L extends object>(metric: Histogram<L>, labels: L): Timed {
  return (target) => {
    const timed = function (this: unknown, ...args: never[]): unknown {
      const start = nowSeconds();
      const end = () => metric.observe(labels, nowSeconds() - start);
      let result: unknown;
      try {
        result = target.apply(this, args);
      } catch (error) {
        end();
        throw error;
      }
      if (result instanceof Promise) void result.then(end, end);
      else end();
      return result;
    };
    return timed as typeof target;
  };
}
