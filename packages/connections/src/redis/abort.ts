/** The part of a client that ends it. */
interface Destroyable {
  on(event: 'connect', listener: () => void): unknown;
  destroy(): void;
}

/**
 * Destroys a client when the attempt that made it is aborted: its handshake has no timeout.
 *
 * @param signal - Aborts when the attempt has ended.
 */
export function destroyOnAbort(signal: AbortSignal, client: Destroyable): void {
  const end = (): void => client.destroy();
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  // A client that is destroyed while its socket connects continues once that is connected.
  client.on('connect', () => {
    if (signal.aborted) end();
  });
}
