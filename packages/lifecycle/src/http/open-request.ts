import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Node's channel for each request that an HTTP server receives. */
const CHANNEL = 'http.server.request.start';

/** What Node publishes of a request. */
interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The response that the running code is to give. */
const current = new AsyncLocalStorage<ServerResponse>();
let watchers = 0;

/**
 * Records for which request code runs, in every HTTP server of the process.
 *
 * @returns A function that ends this.
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function watchRequests(): () => void {
  if (watchers++ === 0) subscribe(CHANNEL, onRequest);
  let watching = true;
  return () => {
    if (!watching) return;
    watching = false;
    if (--watchers === 0) unsubscribe(CHANNEL, onRequest);
  };
}

/** Whether the caller runs for an HTTP request that has no complete response yet. */
export function isInsideRequest(): boolean {
  const response = current.getStore();
  return response !== undefined && !response.writableEnded && !response.destroyed;
}

// Node publishes this right before it calls the listeners of the request.
function onRequest(message: unknown): void {
  const { request, response } = message as Message;
  current.enterWith(response);
  // The events of the request come from its connection, outside of what its handler runs in.
  const { emit } = request;
  Reflect.defineProperty(request, 'emit', {
    value: (...event: Parameters<typeof emit>) =>
      current.run(response, () => emit.apply(request, event)),
    configurable: true,
    writable: true,
  });
}
