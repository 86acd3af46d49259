import { isWithResponse } from './answer.ts';
import { isEventSource, watchHelper } from './helper.ts';
import { watchIterable } from './iterable.ts';
import type { LlmObserver } from './observer.ts';
import { watchReadable } from './readable.ts';
import { isRun, watchRun } from './run.ts';

/**
 * Lets the observer follow a result.
 *
 * @returns The result for the caller: the same object if it can be observed in place, otherwise a
 * stream that reads from it at the receiver's pace.
 */
export function watch(result: unknown, observer: LlmObserver): unknown {
  if (typeof result !== 'object' || result === null) {
    observer.answer(result);
    return result;
  }
  if (isRun(result)) return watchRun(result, observer);
  if (isEventSource(result)) return watchHelper(result, observer);
  if (result instanceof ReadableStream) return watchReadable(result, observer);
  if (Symbol.asyncIterator in result || (Symbol.iterator in result && 'next' in result)) {
    return watchIterable(result, observer);
  }
  // A language model of the AI SDK, inside of middleware, gives a stream in an object.
  if ('stream' in result && result.stream instanceof ReadableStream) {
    return { ...result, stream: watchReadable(result.stream, observer) };
  }
  if (isWithResponse(result)) {
    const { data } = result;
    const isStream = typeof data === 'object' && data !== null && Symbol.asyncIterator in data;
    if (isStream) watch(data, observer);
    else observer.answer(data);
    return result;
  }
  observer.answer(result);
  return result;
}
