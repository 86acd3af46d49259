import type { BaseError } from '@map/errors/core';
import type { Request } from 'got';
import type { HttpExchange } from './http-exchange.ts';

/** Codes what went wrong with a request. */
export type Convert = (error: unknown, exchange: HttpExchange) => BaseError;

interface Downloading {
  on(
    event: 'downloadProgress',
    listener: (progress: { readonly transferred: number; readonly total?: number }) => void,
  ): unknown;
}

/**
 * Ends a request whose body is too large, as soon as that is known.
 *
 * @param limit - Largest body in bytes, decompressed.
 */
export function limitSize(source: Downloading, exchange: HttpExchange, limit: number): void {
  source.on('downloadProgress', ({ transferred, total }) => {
    // Answers to HEAD, and 304, name the length of a body that they do not have.
    if (transferred > 0 && Math.max(transferred, total ?? 0) > limit) exchange.exceed(limit);
  });
}

/**
 * Watches a request whose body is read piece by piece.
 *
 * @param stream - The request; stays the same object, with the same members.
 * @param limit - Largest body in bytes.
 * @param convert - Codes what went wrong.
 * @returns The stream.
 */
export function watchStream(
  stream: Request,
  exchange: HttpExchange,
  limit: number,
  convert: Convert,
): Request {
  const { call } = exchange;
  let isRepeated = false;
  limitSize(stream, exchange, limit);
  stream.on('request', (request) => {
    for (const event of ['response', 'cacheableResponse']) {
      request.once(event, () => limitRefusal(stream, exchange, limit));
    }
  });
  const { destroy, emit } = stream;
  // What a stream ended with is kept for those who read it later, and told to those who listen; in
  // between got makes an error of its own of it.
  stream.destroy = (error) => destroy.call(stream, error && (convert(error, exchange) as never));
  stream.emit = (event: string | symbol, ...values: unknown[]) => {
    if (event === 'error') values[0] = convert(values[0], exchange);
    if (event === 'retry') {
      const repeat = values[2] as (...options: unknown[]) => Request;
      values[2] = (...options: unknown[]) => {
        isRepeated = true;
        return watchStream(repeat(...options), exchange, limit, convert);
      };
    }
    return emit.call(stream, event as never, ...(values as never[]));
  };
  stream.once('error', (error) => call.fail(error));
  // A stream that is read to its end is not closed by itself; one that is left early does not end.
  for (const event of ['end', 'close'] as const) {
    stream.once(event, () => {
      if (!isRepeated) call.succeed(undefined);
    });
  }
  return stream;
}

/** Limits the body of an answer that makes the stream fail: got reads that whole, without a word. */
function limitRefusal(stream: Request, exchange: HttpExchange, limit: number): void {
  const { response } = stream;
  if (response === undefined || response.ok || !stream.options.throwHttpErrors) return;
  let size = 0;
  response.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > limit) exchange.exceed(limit);
  });
}
