import { checkSignal } from '../errors/checks.ts';

/** The part of a server that {@link closeServer} uses: Node's `http.Server` or `https.Server`. */
export interface ServerLike {
  close(done: (error?: Error) => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

/** How often connections that have become idle are closed. */
const SWEEP_MS = 25;

/**
 * Stops a server: it accepts no new connections, requests in flight may finish, and idle
 * connections are closed.
 *
 * @param server An `http.Server`, or what Express' `listen` returns.
 * @param signal Cuts off what is still open; pass the signal that a shutdown hook receives.
 * @returns Resolves once every connection is closed.
 * @throws `CONFIG_INVALID_3002` if `signal` is not an AbortSignal.
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { closeServer } from '@map/lifecycle';
 *
 * const server = createServer((_request, response) => response.end('hello')).listen(0);
 * await closeServer(server);
 * ```
 */
export function closeServer(server: ServerLike, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    checkSignal(signal);
    // A connection that is kept alive becomes idle only after its request, so once is not enough.
    const sweep = setInterval(() => server.closeIdleConnections?.(), SWEEP_MS);
    const cutOff = () => server.closeAllConnections?.();
    signal?.addEventListener('abort', cutOff, { once: true });
    // The only possible error is that the server is not running, which is the wanted state.
    server.close(() => {
      clearInterval(sweep);
      signal?.removeEventListener('abort', cutOff);
      resolve();
    });
    server.closeIdleConnections?.();
    if (signal?.aborted) cutOff();
  });
}
