import { checkSignal, optionError } from '@map/errors/kernel';
import { MAX_TIMER_MS } from '@map/redaction/kernel';
import { timeLeft } from '../deadline/time-left.ts';

/** The part of a server that {@link closeServer} uses: Node's `http.Server` or `https.Server`. */
export interface ServerLike {
  readonly listening?: boolean;
  close(done: (error?: Error) => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

/** How often connections that have become idle are closed. */
const SWEEP_MS = 25;
/** Part of the time of a shutdown hook after which connections that are still open are cut off. */
const PATIENCE = 0.8;
/** After this time connections are cut off if nothing else limits the wait. */
const DEFAULT_PATIENCE_MS = 5_000;
/** How long connections may take to close once they have been cut off. */
const CUT_OFF_MS = 100;

/** Servers whose connections were cut off; those that remain were upgraded. */
const cutOffs = new WeakSet<ServerLike>();

/**
 * Stops a server: it accepts no new connections, requests in flight may finish, and idle
 * connections are closed.
 *
 * Connections that are still open are cut off when the signal is aborted, and with the signal of a
 * shutdown hook when four fifths of its time have passed, so that one long stream does not make the
 * shutdown late. Without a signal they are cut off after 5 seconds. A handler of a stream is
 * notified before by the signal `draining` of its lifecycle. Node does not know the connections
 * that were upgraded, such as WebSockets: they are not waited for any longer then.
 *
 * @param server An `http.Server`, or what Express' `listen` returns.
 * @param signal Cuts off what is still open; pass the signal that a shutdown hook receives.
 * @returns Resolves once every connection is closed or has been cut off.
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
    if (typeof server?.close !== 'function') {
      throw optionError('server', 'a server with close()', server);
    }
    checkSignal('signal', signal);
    if (server.listening === true) cutOffs.delete(server);
    // A connection that is kept alive becomes idle only after its request, so once is not enough.
    const sweep = setInterval(() => {
      server.closeIdleConnections?.();
      if (cutOffs.has(server)) cutOff();
    }, SWEEP_MS);
    const patienceMs = patienceOf(signal);
    const patience = patienceMs > MAX_TIMER_MS ? undefined : setTimeout(cutOff, patienceMs);
    let lastCall: NodeJS.Timeout | undefined;
    signal?.addEventListener('abort', cutOff, { once: true });

    function cutOff(): void {
      server.closeAllConnections?.();
      cutOffs.add(server);
      lastCall ??= setTimeout(done, CUT_OFF_MS);
    }
    function done(): void {
      clearInterval(sweep);
      clearTimeout(patience);
      clearTimeout(lastCall);
      signal?.removeEventListener('abort', cutOff);
      resolve();
    }
    // The only possible error is that the server is not running, which is the wanted state.
    server.close(done);
    server.closeIdleConnections?.();
    if (signal?.aborted) cutOff();
  });
}

/** How long connections may stay open, in milliseconds. */
function patienceOf(signal: AbortSignal | undefined): number {
  if (signal === undefined) return DEFAULT_PATIENCE_MS;
  return (timeLeft(signal) ?? Number.POSITIVE_INFINITY) * PATIENCE;
}
