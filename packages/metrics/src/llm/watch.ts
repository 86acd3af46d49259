import type { LlmObserver } from './observer.ts';
import { loose } from './usage.ts';

type Step = (this: unknown, ...args: unknown[]) => unknown;

/** Streams of an AI SDK result; each read starts or shares the one model call. */
const AI_STREAMS = [
  'stream',
  'fullStream',
  'textStream',
  'partialOutputStream',
  'partialObjectStream',
  'elementStream',
];
/** Events of the OpenAI and Anthropic stream helpers that carry the pieces of the answer. */
const HELPER_EVENTS = ['streamEvent', 'chunk', 'event'];

/**
 * Has the observer hear a result, and gives what the caller gets: the very same object wherever
 * it can be heard in place, else a stream that reads from it at the receiver's pace.
 */
export function watch(result: unknown, observer: LlmObserver): unknown {
  if (typeof result !== 'object' || result === null) {
    observer.answer(result);
    return result;
  }
  if ('fullStream' in result || 'textStream' in result) return watchAiResult(result, observer);
  if (Symbol.asyncIterator in result && 'on' in result && typeof result.on === 'function') {
    return watchHelper(result as EventSource, observer);
  }
  if (result instanceof ReadableStream) return watchReadable(result, observer);
  if (Symbol.asyncIterator in result || (Symbol.iterator in result && 'next' in result)) {
    return watchIterable(result, observer);
  }
  if ('data' in result && 'response' in result) {
    // `withResponse()`: the stream or answer is inside.
    watchInside(result, observer);
    return result;
  }
  observer.answer(result);
  return result;
}

function watchInside(result: { data: unknown }, observer: LlmObserver): void {
  const { data } = result;
  const isStream = typeof data === 'object' && data !== null && Symbol.asyncIterator in data;
  if (isStream) watch(data, observer);
  else observer.answer(result);
}

interface EventSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  readonly errored?: unknown;
  readonly aborted?: boolean;
  done?(): Promise<unknown>;
}

/**
 * Follows a stream helper by its events. Without a listener for `error`: it would hide an error
 * that the application does not handle. The error is read when the stream has ended.
 */
function watchHelper(helper: EventSource, observer: LlmObserver): unknown {
  for (const event of HELPER_EVENTS) helper.on(event, (value) => observer.chunk(value));
  helper.on('end', () => {
    if (helper.aborted) observer.cancelled();
    else if (!helper.errored) observer.end();
    else if (helper.done === undefined) observer.failed(helper.errored);
    else helper.done().catch((error: unknown) => observer.failed(error));
  });
  // A destroyed stream of Node emits `close` without `end`.
  helper.on('close', () => {
    if (helper.errored) observer.failed(helper.errored);
    else observer.cancelled();
  });
  return helper;
}

/** Hears an AI SDK result through its own getters; nothing is read before the caller reads. */
function watchAiResult(result: object, observer: LlmObserver): unknown {
  // Asking for usage reads the stream once more, through the getters below: once is enough.
  let asked = false;
  const beforeEnd = async (): Promise<void> => {
    if (asked) return;
    asked = true;
    await lateUsage(result, observer);
  };
  for (const name of AI_STREAMS) {
    const getter = findGetter(result, name);
    if (getter === undefined) continue;
    Object.defineProperty(result, name, {
      configurable: true,
      get(this: unknown) {
        const stream: unknown = getter.call(this);
        if (!(stream instanceof ReadableStream)) return stream;
        return watchReadable(stream, observer, beforeEnd);
      },
    });
  }
  return result;
}

function findGetter(result: object, name: string): (() => unknown) | undefined {
  for (let at: object | null = result; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor.get;
  }
  return undefined;
}

/** A stream of bare text tells no usage: it is asked for once the stream has ended. */
async function lateUsage(result: object, observer: LlmObserver): Promise<void> {
  if (observer.knowsEnough) return;
  const { totalUsage, usage } = result as { totalUsage?: unknown; usage?: unknown };
  observer.usage(await (totalUsage ?? usage));
}

function watchReadable(
  stream: ReadableStream<unknown>,
  observer: LlmObserver,
  beforeEnd?: () => Promise<void>,
): ReadableStream<unknown> {
  const reader = stream.getReader();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            if (beforeEnd === undefined) observer.end();
            controller.close();
            await beforeEnd?.().catch(() => undefined);
            observer.end();
          } else {
            observer.chunk(value);
            controller.enqueue(value);
          }
        } catch (error) {
          observer.failed(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        observer.cancelled();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Hears an iterable in place: the object stays the one the SDK made, with all its methods. */
function watchIterable(iterable: object, observer: LlmObserver): unknown {
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
      const branches = original.call(iterable) as unknown[];
      observer.split(branches.length);
      return branches.map((branch) => watch(branch, observer));
    });
  }
  return iterable;
}

function watchIterator(iterator: object, observer: LlmObserver, stream?: object): void {
  const heard =
    (original: Step, isReturn: boolean): Step =>
    (...args) => {
      const hear = (result: unknown): unknown => {
        const { done, value } = result as IteratorResult<unknown>;
        if (!done) observer.chunk(value);
        else if (isReturn) observer.cancelled();
        else if (isAborted(stream)) observer.failed({ name: 'AbortError' });
        else observer.end();
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
      return result instanceof Promise ? result.then(hear, fail) : hear(result);
    };
  for (const name of ['next', 'return', 'throw'] as const) {
    if (name in iterator) replace(iterator, name, (original) => heard(original, name === 'return'));
  }
}

/** The streams of OpenAI and Anthropic end without an error when they are aborted. */
function isAborted(stream: object = {}): boolean {
  return loose(loose(loose(stream)['controller'])['signal'])['aborted'] === true;
}

/** Puts a method of its own on an object; one that is frozen stays as it is. */
function replace(object: object, name: PropertyKey, make: (original: Step) => Step): void {
  const original = Reflect.get(object, name) as Step | undefined;
  if (typeof original !== 'function') return;
  Reflect.defineProperty(object, name, {
    value: make(original),
    configurable: true,
    writable: true,
  });
}
