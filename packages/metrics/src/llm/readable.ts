import type { LlmObserver } from './observer.ts';
import { replace } from './replace.ts';

/** Runs when a stream has ended or failed, before that is recorded. */
export type BeforeEnd = () => Promise<unknown> | undefined;

/** Observes a web stream. It is read at the receiver's pace only. */
export function watchReadable(
  stream: ReadableStream<unknown>,
  observer: LlmObserver,
  beforeEnd?: BeforeEnd,
): ReadableStream<unknown> {
  // A subclass, such as LangChain's, has methods that its receiver uses.
  if (stream.constructor !== ReadableStream) return watchInPlace(stream, observer);
  return wrap(() => stream.getReader(), observer, beforeEnd);
}

function wrap(
  open: () => ReadableStreamDefaultReader<unknown>,
  observer: LlmObserver,
  beforeEnd?: BeforeEnd,
): ReadableStream<unknown> {
  const reader = open();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            observer.chunk(value);
            controller.enqueue(value);
            return;
          }
          const pending = beforeEnd?.();
          if (pending === undefined) observer.end();
          // The receiver does not wait for the usage.
          controller.close();
          await pending?.catch(() => undefined);
          observer.end();
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

/** Observes a subclass: the methods that do not use `getReader` themselves are given one. */
function watchInPlace(
  stream: ReadableStream<unknown>,
  observer: LlmObserver,
): ReadableStream<unknown> {
  const getReader = stream.getReader.bind(stream);
  replace(stream, 'getReader', () => () => watchReader(getReader(), observer));
  for (const name of ['pipeThrough', 'pipeTo', 'tee'] as const) {
    replace(stream, name, () => (...args) => {
      const plain = wrap(getReader, observer);
      return Reflect.apply(plain[name] as (...args: unknown[]) => unknown, plain, args);
    });
  }
  return stream;
}

function watchReader(
  reader: ReadableStreamDefaultReader<unknown>,
  observer: LlmObserver,
): ReadableStreamDefaultReader<unknown> {
  replace(reader, 'read', (original) => async () => {
    try {
      const result = (await original.call(reader)) as IteratorResult<unknown>;
      if (result.done) observer.end();
      else observer.chunk(result.value);
      return result;
    } catch (error) {
      observer.failed(error);
      throw error;
    }
  });
  replace(reader, 'cancel', (original) => (...args) => {
    observer.cancelled();
    return original.apply(reader, args);
  });
  return reader;
}
