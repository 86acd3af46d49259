import { getMetricsManager } from '../manager/shared-manager.ts';
import { replaceThen } from '../timing/thenable.ts';
import { inLlmCall } from './current-call.ts';
import { isThenable } from './loose.ts';
import { type LlmCall, LlmObserver } from './observer.ts';
import { watch } from './watch.ts';

export { currentLlmCall } from './current-call.ts';
export type { LlmCall } from './observer.ts';
export type { LlmPrice, LlmRates, PriceFunction, PriceTable } from './price.ts';
export { type LlmUsage, readUsage } from './usage.ts';

/**
 * Observes one model call of any SDK: requests, duration, tokens, time to the first token, time per
 * token, errors, calls in flight and, with prices, cost.
 *
 * Usage is read from responses and streams by their shape; the guide lists the SDKs. The result of
 * the call is passed on: a promise keeps its extra methods, a stream is read at the receiver's pace
 * only, and leaving it early ends the request as before.
 *
 * @param call The provider, the model and the operation, and prices to count the cost.
 * @param run Makes the call. `withResponse()` and the like belong inside.
 * @returns The return value of `run`.
 * @throws The error of `run`.
 * @example
 * ```ts
 * import { observeLlm } from '@map/metrics/llm';
 *
 * const response = await observeLlm({ provider: 'openai', model: 'gpt-4' }, async () => ({
 *   usage: { prompt_tokens: 12, completion_tokens: 3 },
 * }));
 * console.log(response.usage.prompt_tokens);
 * ```
 */
export function observeLlm<T>(call: LlmCall, run: () => T): T {
  if (!(call.manager ?? getMetricsManager()).enabled) return run();
  const observer = new LlmObserver(call);
  let result: T;
  try {
    result = inLlmCall(call, run);
  } catch (error) {
    observer.failed(error);
    throw error;
  }
  return observe(result, observer) as T;
}

/** A result that cannot be read, such as a revoked proxy, is passed through. */
function observe(result: unknown, observer: LlmObserver): unknown {
  try {
    // Awaiting a tool runner iterates it.
    if (isThenable(result) && !(Symbol.asyncIterator in result)) {
      return watchThenable(result, observer);
    }
  } catch {
    observer.end();
    return result;
  }
  return observeValue(result, observer);
}

/** A plain promise is replaced by one that follows it; any other thenable is observed in place. */
function watchThenable(result: PromiseLike<unknown>, observer: LlmObserver): unknown {
  const onValue = memo((value: unknown) => observeValue(value, observer));
  const fail = (error: unknown): never => {
    observer.failed(error);
    throw error;
  };
  if (result instanceof Promise && result.constructor === Promise) {
    return result.then(onValue, fail);
  }
  const original = result.then;
  const then = (onFulfilled?: unknown, onRejected?: unknown): unknown =>
    original.call(result, onValue, fail).then(onFulfilled as never, onRejected as never);
  if (!replaceThen(result, then)) observer.end();
  return result;
}

function observeValue(value: unknown, observer: LlmObserver): unknown {
  try {
    return watch(value, observer);
  } catch {
    observer.end();
    return value;
  }
}

/** Observes a value once, however often it is requested. */
function memo(run: (value: unknown) => unknown): (value: unknown) => unknown {
  let known: { value: unknown } | undefined;
  return (value) => {
    known ??= { value: run(value) };
    return known.value;
  };
}
