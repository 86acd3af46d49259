import { getMetricsManager } from '../manager/shared-manager.ts';
import { replaceThen } from '../timing/thenable.ts';
import { type LlmCall, LlmObserver } from './observer.ts';
import { watch } from './watch.ts';

export type { LlmCall } from './observer.ts';
export type { LlmPrice, PriceTable } from './price.ts';
export { type LlmUsage, readUsage } from './usage.ts';

/**
 * Observes one model call of any SDK: requests, duration, tokens, time to the first token, time
 * per token, errors, calls in flight and, with a price table, cost.
 *
 * Usage is read from the answers and streams of `openai`, `@anthropic-ai/sdk` and `ai` by their
 * shape. What the call gives is passed on as it is: a promise with extra methods keeps them, a
 * stream is read at the receiver's pace only, and leaving it early ends the request as before.
 *
 * @param call The provider, the model, the operation, and prices if cost is to be counted.
 * @param run Makes the call; `withResponse()` and the like belong inside.
 * @returns What `run` returns.
 * @throws What `run` throws.
 * @example
 * ```ts
 * import { observeLlm } from '@map/metrics/llm';
 *
 * const answer = await observeLlm({ provider: 'openai', model: 'gpt-4' }, async () => ({
 *   usage: { prompt_tokens: 12, completion_tokens: 3 },
 * }));
 * console.log(answer.usage.prompt_tokens);
 * ```
 */
export function observeLlm<T>(call: LlmCall, run: () => T): T {
  if (!(call.manager ?? getMetricsManager()).enabled) return run();
  const observer = new LlmObserver(call);
  let result: T;
  try {
    result = run();
  } catch (error) {
    observer.failed(error);
    throw error;
  }
  return hear(result, observer) as T;
}

/** Hears a result; one that cannot even be looked at is the caller's all the same. */
function hear(result: unknown, observer: LlmObserver): unknown {
  try {
    if (isThenable(result)) return watchThenable(result, observer);
  } catch {
    observer.end();
    return result;
  }
  return hearValue(result, observer);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** A plain promise is followed by one of its own; any other thenable is heard in place, lazily. */
function watchThenable(result: PromiseLike<unknown>, observer: LlmObserver): unknown {
  const onValue = memo((value: unknown) => hearValue(value, observer));
  const fail = (error: unknown): never => {
    observer.failed(error);
    throw error;
  };
  if (result instanceof Promise && result.constructor === Promise)
    return result.then(onValue, fail);
  const original = result.then;
  const then = (onFulfilled?: unknown, onRejected?: unknown): unknown =>
    original.call(result, onValue, fail).then(onFulfilled as never, onRejected as never);
  if (!replaceThen(result, then)) observer.end();
  return result;
}

function hearValue(value: unknown, observer: LlmObserver): unknown {
  try {
    return watch(value, observer);
  } catch {
    observer.end();
    return value;
  }
}

/** Watches a value once, however often it is asked for. */
function memo(run: (value: unknown) => unknown): (value: unknown) => unknown {
  let known: { value: unknown } | undefined;
  return (value) => {
    known ??= { value: run(value) };
    return known.value;
  };
}
