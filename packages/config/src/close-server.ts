/** What is used of a server: Node's `http.Server`, `https.Server`. */
export interface ServerLike {
  close(done: (error?: Error) => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

/** How often connections that have become idle are closed. */
const SWEEP_MS = 25;

/**
 * Stops a server: no new connections, requests under way may finish, idle ones are closed.
 *
 * @param server An `http.Server`, or what Express' `listen` gives.
 * @param signal Cuts off what is still open; pass the one that a shutdown hook is given.
 * @returns Resolves once every connection is closed.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { closeServer } from '@map/config';
 *
 * const server = createServer((_request, response) => response.end('hello')).listen(0);
 * await closeServer(server);
 * ```
 */
export function closeServer(server: ServerLike, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A connection kept alive becomes idle only after its request, so once is not enough.
    const sweep = setInterval(() => server.closeIdleConnections?.(), SWEEP_MS);
    const cutOff = () => server.closeAllConnections?.();
    signal?.addEventListener('abort', cutOff, { once: true });
    // The only error there is says that the server is not running, which is what is wanted.
    server.close(() => {
      clearInterval(sweep);
      signal?.removeEventListener('abort', cutOff);
      resolve();
    });
    server.closeIdleConnections?.();
    if (signal?.aborted) cutOff();
  });
}
