import type { ConnectionEvent, OperationEvent, RetryEvent } from '../../../../src/core/observer.ts';
import { ConnectionManager, type HttpOptions, type ManagedFetch } from '../../../../src/index.ts';

export interface Opened extends AsyncDisposable {
  readonly fetch: ManagedFetch;
  /** How each call ended: `ok`, its code, or `cancelled`. */
  readonly records: string[];
  readonly retries: RetryEvent[];
  readonly circuits: string[];
  /** Calls in flight. */
  readonly pending: () => number;
  readonly counts: () => { open: number; inUse: number; waiting: number };
  /** The details of a health check besides its status. */
  readonly warning: () => Promise<string | undefined>;
  /** Closes the connection, at once. */
  readonly close: () => Promise<unknown>;
}

export interface OpenOptions extends HttpOptions {
  readonly traceHeaders?: () => Record<string, string>;
}

function outcomeOf({ status, errorType }: OperationEvent): string {
  return status === 'success' ? 'ok' : (errorType ?? status);
}

/** A `fetch` of a manager's connection, without retries unless asked for. */
export function open({ traceHeaders, ...options }: OpenOptions = {}): Opened {
  const records: string[] = [];
  const retries: RetryEvent[] = [];
  const circuits: string[] = [];
  const observe = (event: ConnectionEvent): void => {
    if (event.type === 'operation') records.push(outcomeOf(event));
    else if (event.type === 'retry') retries.push(event);
    else if (event.type === 'circuit') circuits.push(event.state);
  };
  const manager = new ConnectionManager({
    observer: { observe },
    ...(traceHeaders !== undefined && { traceHeaders }),
  });
  manager.addHttp('web', { retries: 0, maxRetryDelayMs: 20, ...options });
  const stats = () => {
    const { web } = manager.stats();
    if (web === undefined) throw new Error('The connection is missing.');
    return web;
  };
  const close = () => manager.closeAllConnections({ timeoutMs: 1 });
  return {
    fetch: manager.getFetch({ name: 'web' }),
    records,
    retries,
    circuits,
    pending: () => stats().pending,
    counts: () => {
      const { open: sockets, inUse, waiting } = stats();
      return { open: sockets, inUse, waiting };
    },
    warning: async () => (await manager.health()).connections['web']?.message,
    close,
    [Symbol.asyncDispose]: async () => {
      await close();
    },
  };
}
