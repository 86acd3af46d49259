import type { Readable } from 'node:stream';
import { streams } from '../../core/built-ins.ts';

/** The stream that the caller gave as a body has failed; the connection has not. */
export class BodySourceError extends Error {
  constructor(cause: unknown) {
    super('The body of the request could not be read.', { cause });
  }
}

/** Passes a stream on; what it fails with becomes the cause of a `BodySourceError`. */
export function watched(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(new BodySourceError(error));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Makes a stream of what the caller gave, a web stream or another source of chunks. */
export function readableOf(body: ReadableStream<Uint8Array> | AsyncIterable<unknown>): Readable {
  const { Readable } = streams();
  if (body instanceof ReadableStream) return Readable.fromWeb(watched(body) as never);
  return Readable.from(watchedChunks(body));
}

/** Not a generator: Node throws the error of a lost connection into one, and it would pass for its own. */
function watchedChunks(source: AsyncIterable<unknown>): AsyncIterable<unknown> {
  const iterator = source[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          return await iterator.next();
        } catch (error) {
          throw new BodySourceError(error);
        }
      },
      async return() {
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
