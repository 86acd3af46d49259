import { replaceThen } from './thenable.ts';

/** Receives the outcome of a call, once. */
export type OnEnd = (status: 'success' | 'error', value: unknown) => void;

type Step = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Reports when a result has settled, without changing what its receiver sees.
 *
 * A plain promise is replaced by one that follows it, so that an unhandled rejection stays one. Any
 * other thenable keeps its identity and its extra methods; its `then` is overridden but never
 * called here, because a lazy query must not run twice. A generator has settled when it is
 * exhausted, is left early or fails.
 */
export function whenDone(result: unknown, onEnd: OnEnd): unknown {
  if (typeof result !== 'object' || result === null) {
    onEnd('success', result);
    return result;
  }
  if (isPlainPromise(result)) {
    return result.then(
      (value) => whenSettled(value, onEnd),
      (error: unknown) => {
        onEnd('error', error);
        throw error;
      },
    );
  }
  return isThenable(result) ? followThenable(result, onEnd) : whenSettled(result, onEnd);
}

/** A result that cannot be read, such as a revoked proxy, is passed through. */
function isThenable(result: object): boolean {
  try {
    return 'then' in result && typeof result.then === 'function';
  } catch {
    return false;
  }
}

function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return '';
  }
}

function isPlainPromise(result: object): result is Promise<unknown> {
  try {
    return result instanceof Promise && result.constructor === Promise;
  } catch {
    return false;
  }
}

function whenSettled(value: unknown, onEnd: OnEnd): unknown {
  switch (tagOf(value)) {
    case '[object Generator]':
      return followGenerator(value as Generator, once(onEnd));
    case '[object AsyncGenerator]':
      return followAsyncGenerator(value as AsyncGenerator, once(onEnd));
    default:
      onEnd('success', value);
      return value;
  }
}

function followThenable(thenable: object, onEnd: OnEnd): unknown {
  const end = once(onEnd);
  const original = Reflect.get(thenable, 'then') as Step;
  const then = (onValue?: unknown, onError?: unknown): unknown =>
    original.call(
      thenable,
      (value: unknown) => {
        end('success', value);
        return typeof onValue === 'function' ? onValue(value) : value;
      },
      (error: unknown) => {
        end('error', error);
        if (typeof onError === 'function') return onError(error);
        throw error;
      },
    );
  // A frozen thenable cannot be followed: the call itself is timed.
  if (!replaceThen(thenable, then)) end('success', undefined);
  return thenable;
}

function followGenerator(generator: Generator, end: OnEnd): Generator {
  const step =
    (method: 'next' | 'return' | 'throw') =>
    (...args: unknown[]): unknown => {
      try {
        const result = (generator[method] as Step).apply(
          generator,
          args,
        ) as IteratorResult<unknown>;
        if (result.done) end('success', undefined);
        return result;
      } catch (error) {
        end('error', error);
        throw error;
      }
    };
  return withSteps(generator, step);
}

function followAsyncGenerator(generator: AsyncGenerator, end: OnEnd): AsyncGenerator {
  const step =
    (method: 'next' | 'return' | 'throw') =>
    async (...args: unknown[]): Promise<unknown> => {
      try {
        const result = (await (generator[method] as Step).apply(
          generator,
          args,
        )) as IteratorResult<unknown>;
        if (result.done) end('success', undefined);
        return result;
      } catch (error) {
        end('error', error);
        throw error;
      }
    };
  return withSteps(generator, step);
}

/** Keeps the prototype, so that iterator helpers, `for … of` and `using` still work. */
function withSteps<G extends object>(
  generator: G,
  step: (method: 'next' | 'return' | 'throw') => unknown,
): G {
  return Object.create(Object.getPrototypeOf(generator), {
    next: { value: step('next') },
    return: { value: step('return') },
    throw: { value: step('throw') },
  }) as G;
}

function once(onEnd: OnEnd): OnEnd {
  let ended = false;
  return (status, value) => {
    if (ended) return;
    ended = true;
    onEnd(status, value);
  };
}
