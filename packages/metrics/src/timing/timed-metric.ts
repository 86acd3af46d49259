import { optionNames, valueAtOnce } from '@map/redaction/kernel';
import { checkFunction, checkMethod, checkOptions } from '../common/check.ts';
import { nowSeconds } from '../common/clock.ts';
import { errorType } from '../common/error-type.ts';
import type { Counter, Histogram } from '../instruments/metric.ts';
import { whenDone } from './when-done.ts';

/** The outcome of a timed call. */
export interface Outcome {
  readonly status: 'success' | 'error';
  /** The return value or resolution of the call; undefined for a stream. */
  readonly result?: unknown;
  /** The error or rejection of the call. */
  readonly error?: unknown;
  readonly args: readonly unknown[];
}

/** Records of `timedMetric` besides the duration. */
export interface TimedOptions<L extends object> {
  /** Returns labels that depend on the result or the error. */
  readonly labelsFor?: (outcome: Outcome) => Partial<L> | undefined;
  /** Counts every call, with the same labels and a `status`. */
  readonly count?: Counter;
  /** Counts failed calls by `error_type`; the catalogue's own counter by default. */
  readonly errors?: Counter | undefined;
}

/** Wraps a function, or as a decorator a method, and keeps its type. */
export type Timed = <F extends (...args: never[]) => unknown>(target: F, context?: unknown) => F;

const OPTIONS = optionNames<TimedOptions<object>>({
  labelsFor: true,
  count: true,
  errors: true,
});

/**
 * Times every call of a function or, as `@timedMetric(…)`, of a method. A call ends when its
 * promise or thenable settles, or its generator or async generator is exhausted.
 *
 * A metric with a `status` label gets `success` or `error`; failures are counted.
 *
 * @param metric The histogram that records the seconds.
 * @param labels The labels of every call.
 * @param options Labels from the outcome, and further counters.
 * @returns A wrapper that keeps `this`, name, arity, type, result and error.
 * @example
 * ```ts
 * import { MEMORY_OPERATION_DURATION, timedMetric } from '@map/metrics';
 *
 * const search = timedMetric(MEMORY_OPERATION_DURATION, { operation_type: 'vector_search' })(
 *   async (query: string) => [query],
 * );
 * console.log(await search('cats'));
 * ```
 */
export function timedMetric<L extends object>(
  metric: Histogram<L>,
  labels?: L,
  options: TimedOptions<L> = {},
): Timed {
  checkMethod('metric', metric, 'observe');
  checkOptions('timedMetric()', options, OPTIONS);
  return <F extends (...args: never[]) => unknown>(target: F): F => {
    checkFunction('target', target);
    const timed = function (this: unknown, ...args: never[]): unknown {
      if (!metric.enabled) return target.apply(this, args);
      const start = nowSeconds();
      const end = (status: Outcome['status'], value: unknown): void => {
        const seconds = nowSeconds() - start;
        const outcome = { status, args, [status === 'error' ? 'error' : 'result']: value };
        record(metric, seconds, labels, outcome, options);
      };
      let result: unknown;
      try {
        result = target.apply(this, args);
      } catch (error) {
        end('error', error);
        throw error;
      }
      return whenDone(result, end);
    };
    Object.defineProperty(timed, 'name', { value: target.name, configurable: true });
    Object.defineProperty(timed, 'length', { value: target.length, configurable: true });
    return timed as F;
  };
}

function record<L extends object>(
  metric: Histogram<L>,
  seconds: number,
  base: L | undefined,
  outcome: Outcome,
  options: TimedOptions<L>,
): void {
  let labels: Record<string, unknown>;
  try {
    labels = { ...base, ...outcomeLabels(outcome, options) };
  } catch {
    // The metric rejects labels that cannot be read.
    metric.observe(base as L, seconds);
    return;
  }
  const { status } = outcome;
  metric.observe(
    (metric.labelNames.includes('status') ? { status, ...labels } : labels) as L,
    seconds,
  );
  options.count?.inc(pick(options.count, { status, ...labels }));
  if (status === 'success') return;
  const errors = options.errors ?? metric.errors;
  errors?.inc(pick(errors, { error_type: errorType(outcome.error), ...labels }));
}

/** A failing callback must not fail the call. */
function outcomeLabels<L extends object>(
  outcome: Outcome,
  { labelsFor }: TimedOptions<L>,
): Partial<L> | undefined {
  try {
    return { ...valueAtOnce(labelsFor?.(outcome)) } as Partial<L>;
  } catch {
    return undefined;
  }
}

function pick(counter: Counter, labels: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => counter.labelNames.includes(name)),
  );
}
