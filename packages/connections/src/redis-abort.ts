/** The part of a client that ends it. */
interface Destroyable {
  on(event: 'connect', listener: () => void): unknown;
  destroy(): void;
}

/**
 * Ends a client with the attempt that made it; its handshake would otherwise wait for ever.
 *
 * @param signal - Aborts when the attempt is given up.
 */
export function endWith(signal: AbortSignal, client: Destroyable): void {
  const end = (): void => client.destroy();
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  // A client that is destroyed while its socket connects goes on once that is connected.
  client.on('connect', () => {
    if (signal.aborted) end();
  });
}
