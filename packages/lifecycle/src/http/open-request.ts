import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import { enterSurroundings, runWithin, surroundings } from '@map/redaction/kernel';

/** Node's channels for each request that an HTTP server receives, of HTTP/2 the last. */
const CHANNELS = ['http.server.request.start', 'http2.server.stream.start'];

/** The message of Node's diagnostics channel for a request; an HTTP/2 stream is both. */
interface Message {
  readonly request?: EventEmitter;
  readonly response?: Writable;
  readonly stream?: Writable;
}

let watchers = 0;

/**
 * Records for which request code runs, in every HTTP server of the process.
 *
 * @returns A function that ends this.
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchRequests(): () => void {
  if (watchers++ === 0) for (const channel of CHANNELS) subscribe(channel, onRequest);
  let watching = true;
  return () => {
    if (!watching) return;
    watching = false;
    if (--watchers > 0) return;
    for (const channel of CHANNELS) unsubscribe(channel, onRequest);
  };
}

/** Whether the caller runs for an HTTP request that has no complete response yet. */
export function isInsideRequest(): boolean {
  const response = surroundings().response as Writable | undefined;
  return response !== undefined && !response.writableEnded && !response.destroyed;
}

// Node publishes this right before it calls the listeners of the request.
function onRequest(message: unknown): void {
  const { stream, request = stream, response = stream } = message as Message;
  if (request === undefined || response === undefined) return;
  enterSurroundings({ response });
  // The events of the request come from its connection, outside of what its handler runs in.
  const { emit } = request;
  Reflect.defineProperty(request, 'emit', {
    value: (...event: Parameters<typeof emit>) =>
      runWithin({ response }, () => emit.apply(request, event)),
    configurable: true,
    writable: true,
  });
}
