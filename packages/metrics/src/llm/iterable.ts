import { loose } from './loose.ts';
import type { LlmObserver } from './observer.ts';
import { replace, type Step } from './replace.ts';

/** Observes an iterable in place: it stays the object that the SDK made, with all its methods. */
export function watchIterable(iterable: object, observer: LlmObserver): object {
  if ('next' in iterable) {
    watchIterator(iterable, observer);
    return iterable;
  }
  replace(iterable, Symbol.asyncIterator, (original) => () => {
    const iterator = original.call(iterable) as object;
    watchIterator(iterator, observer, iterable);
    return iterator;
  });
  if ('tee' in iterable) {
    replace(iterable, 'tee', (original) => () => {
      const branches = original.call(iterable) as object[];
      observer.split(branches.length);
      return branches.map((branch) => watchIterable(branch, observer));
    });
  }
  return iterable;
}

function watchIterator(iterator: object, observer: LlmObserver, stream?: object): void {
  const observed =
    (original: Step, isReturn: boolean): Step =>
    (...args) => {
      const settle = (result: unknown): unknown => {
        const { done, value } = result as IteratorResult<unknown>;
        if (!done) record(value, observer);
        else if (isReturn) observer.cancelled();
        else settleEnd(observer, stream);
        return result;
      };
      const fail = (error: unknown): never => {
        observer.failed(error);
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

/** A streaming tool runner yields a stream helper for each request: its message has the usage. */
function record(value: unknown, observer: LlmObserver): void {
  const helper = loose(value);
  if (typeof helper['on'] !== 'function') {
    observer.chunk(value);
    return;
  }
  for (const event of ['message', 'chatCompletion']) {
    Reflect.apply(helper['on'], value, [event, (message: unknown) => observer.step(message)]);
  }
}

/** The streams of OpenAI and Anthropic end without an error when they are aborted. */
function settleEnd(observer: LlmObserver, stream: object = {}): void {
  const signal = loose(loose(loose(stream)['controller'])['signal']);
  if (signal['aborted'] !== true) observer.end();
  else observer.failed({ name: 'AbortError', cause: signal['reason'] });
}
