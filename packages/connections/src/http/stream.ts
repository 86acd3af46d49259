import type { BaseError } from '@map/errors/core';
import type { Request } from 'got';
import type { Exchange } from './exchange.ts';

/** Turns the failure of a request into a coded error. */
export type Convert = (error: unknown) => BaseError;

interface Downloading {
  on(
    event: 'downloadProgress',
    listener: (progress: { readonly transferred: number; readonly total?: number }) => void,
  ): unknown;
}

/**
 * Ends a request whose body is too large, as soon as that is known.
 *
 * @param limit - Largest body after decompression, in bytes.
 */
export function limitSize(source: Downloading, exchange: Exchange, limit: number): void {
  source.on('downloadProgress', ({ transferred, total }) => {
    // Responses to HEAD, and 304, state the length of a body that they do not have.
    if (transferred > 0 && Math.max(transferred, total ?? 0) > limit) exchange.exceed(limit);
  });
}

/**
 * Watches a request whose body is read in pieces.
 *
 * The stream stays the object that got made, so that its members and events are all there. Two
 * methods of `node:stream` are replaced on it, because an error reaches readers in two ways: by the
 * `error` event, and as the reason that `destroy` stores for those that read later. Between the two,
 * got wraps errors in its own (`_destroy` in its `core/index.js`).
 *
 * @param limit - Largest body, in bytes.
 * @returns The stream.
 */
export function watchStream(
  stream: Request,
  exchange: Exchange,
  limit: number,
  convert: Convert,
): Request {
  const { operation } = exchange;
  let isRepeated = false;
  limitSize(stream, exchange, limit);
  stream.on('request', (request) => {
    for (const event of ['response', 'cacheableResponse']) {
      request.once(event, () => limitErrorBody(stream, exchange, limit));
    }
  });
  const { destroy, emit } = stream;
  const convertedDestroy: typeof destroy = (error) =>
    destroy.call(stream, error && (convert(error) as never));
  const convertedEmit = (event: string | symbol, ...values: unknown[]): boolean => {
    if (event === 'error') values[0] = convert(values[0]);
    if (event === 'retry') {
      const repeat = values[2] as (...options: unknown[]) => Request;
      values[2] = (...options: unknown[]) => {
        isRepeated = true;
        return watchStream(repeat(...options), exchange, limit, convert);
      };
    }
    return emit.call(stream, event as never, ...(values as never[]));
  };
  stream.destroy = convertedDestroy;
  stream.emit = convertedEmit;
  stream.once('error', (error) => operation.fail(error));
  // A stream that was read to its end is not closed by itself; one that is left early does not end.
  for (const event of ['end', 'close'] as const) {
    stream.once(event, () => {
      if (!isRepeated) operation.succeed(undefined);
    });
  }
  return stream;
}

/** Limits the body of a response that fails the stream: got reads all of it, without an event. */
function limitErrorBody(stream: Request, exchange: Exchange, limit: number): void {
  const { response } = stream;
  if (response === undefined || response.ok || !stream.options.throwHttpErrors) return;
  let size = 0;
  response.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > limit) exchange.exceed(limit);
  });
}
