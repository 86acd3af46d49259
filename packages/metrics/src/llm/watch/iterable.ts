import type { Reading } from '../call/reading.ts';
import { loose } from '../usage/loose.ts';
import { isEventSource, watchStep } from './helper.ts';
import { replace, type Step } from './replace.ts';

/** Observes an iterable in place: it stays the object that the SDK made, with all its methods. */
export function watchIterable(iterable: object, reading: Reading): object {
  if ('next' in iterable) {
    watchIterator(iterable, reading);
    return iterable;
  }
  replace(iterable, Symbol.asyncIterator, (original) => () => {
    const iterator = original.call(iterable) as object;
    watchIterator(iterator, reading, iterable);
    return iterator;
  });
  if ('tee' in iterable) {
    replace(iterable, 'tee', (original) => () => {
      const branches = original.call(iterable) as object[];
      reading.split(branches.length - 1);
      return branches.map((branch) => watchIterable(branch, reading));
    });
  }
  return iterable;
}

function watchIterator(iterator: object, reading: Reading, stream?: object): void {
  const observed =
    (original: Step, isReturn: boolean): Step =>
    (...args) => {
      const settle = (result: unknown): unknown => {
        const { done, value } = result as IteratorResult<unknown>;
        if (!done) record(value, reading);
        else if (isReturn) reading.cancelled();
        else settleEnd(reading, stream);
        return result;
      };
      const fail = (error: unknown): never => {
        reading.failed(error);
        throw error;
      };
      let result: unknown;
      try {
        result = original.apply(iterator, args);
      } catch (error) {
        return fail(error);
      }
      return result instanceof Promise ? result.then(settle, fail) : settle(result);
    };
  for (const name of ['next', 'return', 'throw'] as const) {
    if (name in iterator) {
      replace(iterator, name, (original) => observed(original, name === 'return'));
    }
  }
}

/** A streaming tool runner yields a stream helper for each request. */
function record(value: unknown, reading: Reading): void {
  if (typeof value === 'object' && value !== null && isEventSource(value))
    watchStep(value, reading);
  else reading.chunk(value);
}

/** The streams of OpenAI, its agents and Anthropic end without an error when they are aborted. */
function settleEnd(reading: Reading, stream: object = {}): void {
  const { controller, cancelled } = loose(stream);
  const signal = loose(loose(controller)['signal']);
  if (signal['aborted'] !== true && cancelled !== true) reading.end();
  else reading.failed({ name: 'AbortError', cause: signal['reason'] });
}
