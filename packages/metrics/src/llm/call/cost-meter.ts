import { ignoreRejection, runWithin, surroundings } from '@map/redaction/kernel';
import { checkFunction } from '../../common/check.ts';

/** Adds up the cost of the model calls of a piece of work, in US dollars. */
export interface CostMeter {
  usd: number;
  /** Called after each cost that is added. */
  readonly onCost?: ((usd: number) => void) | undefined;
  /** The meter of the work around it, which has the same cost too. */
  readonly around: CostMeter | undefined;
}

/**
 * Runs a function and adds up the cost of the model calls in it, those in flight included as they
 * end.
 *
 * @param run The work; it receives the meter, whose `usd` is the cost so far.
 * @param onCost Called with the cost so far whenever it has grown, such as to stop at a budget.
 * @returns What it returns.
 * @example
 * ```ts
 * import { meterCost, observeLlm } from '@map/metrics/llm';
 *
 * const prices = { 'gpt-4': { prompt: 30, completion: 60 } };
 * await meterCost(async (meter) => {
 *   await observeLlm({ provider: 'openai', model: 'gpt-4', prices }, async () => ({
 *     usage: { prompt_tokens: 1000, completion_tokens: 0 },
 *   }));
 *   console.log(meter.usd); // 0.03
 * });
 * ```
 */
export function meterCost<T>(
  run: (meter: CostMeter) => T,
  onCost?: ((usd: number) => void) | undefined,
): T {
  checkFunction('run', run);
  if (onCost !== undefined) checkFunction('onCost', onCost);
  const meter = makeMeter(onCost);
  const result = inMeter(meter, () => run(meter));
  if (result instanceof Promise) result.then(undefined, () => workFailed(meter));
  return result;
}

/** Makes the meter of work that calls {@link workFailed} if it fails. */
export function makeMeter(onCost: CostMeter['onCost']): CostMeter {
  return { usd: 0, onCost, around: currentCostMeter() };
}

/** Runs a function with a meter of its caller, which may outlive it. */
export function inMeter<T>(meter: CostMeter, run: () => T): T {
  return runWithin({ meter }, run);
}

/** What ends if the work of a meter fails. */
const onFailed = new WeakMap<CostMeter, Set<() => void>>();

/** Calls a function when the work of a meter, or the work around it, fails; returns how to forget it. */
export function onWorkFailed(meter: CostMeter | undefined, end: () => void): () => void {
  for (let at = meter; at !== undefined; at = at.around) {
    const ends = onFailed.get(at) ?? new Set();
    onFailed.set(at, ends.add(end));
  }
  return () => {
    for (let at = meter; at !== undefined; at = at.around) onFailed.get(at)?.delete(end);
  };
}

/** Ends the streams that work has left: work that fails hands none on. */
export function workFailed(meter: CostMeter): void {
  for (const end of onFailed.get(meter) ?? []) end();
}

/** The meter of the running work. */
export function currentCostMeter(): CostMeter | undefined {
  return surroundings().meter as CostMeter | undefined;
}

/** Adds a cost to a meter and to those around it. */
export function addCost(meter: CostMeter | undefined, usd: number): void {
  for (let at = meter; at !== undefined; at = at.around) {
    at.usd += usd;
    try {
      ignoreRejection(at.onCost?.(at.usd));
    } catch {
      // The call is recorded in any case.
    }
  }
}
