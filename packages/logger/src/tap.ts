import type { WinstonTransport } from './transport-queue.ts';

/** A listener in a transport's place: what `logger.on('data')` needs. */
export function tapTransport(listener: (info: object) => void): WinstonTransport {
  return {
    write(info: unknown): boolean {
      listener(info as object);
      return true;
    },
    on: () => {},
    removeListener: () => {},
  };
}
