import type { Reading } from '../call/reading.ts';
import { replace } from './replace.ts';

/** The events of a stream. */
export type StreamWatcher = Pick<Reading, 'chunk' | 'end' | 'failed' | 'cancelled'>;

/** Runs when a stream has ended, before that is recorded; its promise does not reject. */
export type BeforeEnd = () => Promise<void> | undefined;

/** Observes a web stream. It is read at the receiver's pace only. */
export function watchReadable(
  stream: ReadableStream<unknown>,
  watcher: StreamWatcher,
  beforeEnd?: BeforeEnd,
): ReadableStream<unknown> {
  // A subclass, such as LangChain's, has methods that its receiver uses.
  const made: unknown = stream.constructor;
  if (made !== ReadableStream) return watchInPlace(stream, watcher);
  return wrap(() => stream.getReader(), watcher, beforeEnd);
}

function wrap(
  open: () => ReadableStreamDefaultReader<unknown>,
  watcher: StreamWatcher,
  beforeEnd?: BeforeEnd,
): ReadableStream<unknown> {
  const reader = open();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            watcher.chunk(value);
            controller.enqueue(value);
            return;
          }
          const pending = beforeEnd?.();
          if (pending === undefined) watcher.end();
          // The receiver does not wait for the usage.
          controller.close();
          await pending;
          watcher.end();
        } catch (error) {
          watcher.failed(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        watcher.cancelled(reason);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Observes a subclass: the methods that do not use `getReader` themselves are given one. */
function watchInPlace(
  stream: ReadableStream<unknown>,
  watcher: StreamWatcher,
): ReadableStream<unknown> {
  const getReader = stream.getReader.bind(stream);
  replace(stream, 'getReader', () => () => watchReader(getReader(), watcher));
  // The iterators of Node do not use `getReader`, those of LangChain do.
  if (!('next' in stream)) {
    for (const name of ['values', Symbol.asyncIterator]) {
      replace(stream, name, () => (...args) => {
        const plain = wrap(getReader, watcher);
        return Reflect.apply(plain.values, plain, args);
      });
    }
  }
  for (const name of ['pipeThrough', 'pipeTo', 'tee'] as const) {
    replace(stream, name, () => (...args) => {
      const plain = wrap(getReader, watcher);
      return Reflect.apply(plain[name] as (...args: unknown[]) => unknown, plain, args);
    });
  }
  return stream;
}

function watchReader(
  reader: ReadableStreamDefaultReader<unknown>,
  watcher: StreamWatcher,
): ReadableStreamDefaultReader<unknown> {
  replace(reader, 'read', (original) => async () => {
    try {
      const result = (await original.call(reader)) as IteratorResult<unknown>;
      if (result.done) watcher.end();
      else watcher.chunk(result.value);
      return result;
    } catch (error) {
      watcher.failed(error);
      throw error;
    }
  });
  replace(reader, 'cancel', (original) => (...args) => {
    watcher.cancelled(args[0]);
    return original.apply(reader, args);
  });
  return reader;
}
