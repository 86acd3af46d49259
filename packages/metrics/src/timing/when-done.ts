import { replaceThen } from './thenable.ts';

/** Hears once how a piece of work ended. */
export type OnEnd = (status: 'success' | 'error', value: unknown) => void;

type Step = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Hears when a result is done, without changing what its receiver sees.
 *
 * A plain promise is followed by one of its own, so that a rejection nobody handles stays one.
 * Any other thenable keeps its identity and extra methods and is heard through its own `then`,
 * never called here: a lazy query must not run twice. A generator counts until it is used up,
 * left early or fails.
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
  return isThenable(result) ? hearThenable(result, onEnd) : whenSettled(result, onEnd);
}

/** A result that cannot even be looked at is the caller's all the same. */
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
      return hearGenerator(value as Generator, once(onEnd));
    case '[object AsyncGenerator]':
      return hearAsyncGenerator(value as AsyncGenerator, once(onEnd));
    default:
      onEnd('success', value);
      return value;
  }
}

function hearThenable(thenable: object, onEnd: OnEnd): unknown {
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
  // A frozen thenable cannot be heard: the call itself is then what is timed.
  if (!replaceThen(thenable, then)) end('success', undefined);
  return thenable;
}

function hearGenerator(generator: Generator, end: OnEnd): Generator {
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

function hearAsyncGenerator(generator: AsyncGenerator, end: OnEnd): AsyncGenerator {
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

/** Keeps the prototype, so that iterator helpers, `for … of` and `using` work as before. */
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
