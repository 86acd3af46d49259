import type { RedisClient } from './client.ts';

/** Sends operations over a connection, with deadline, report and coded errors. */
export interface Route {
  /** Name of the connection. */
  readonly name: string;
  /** Whether others use the connection at the same time. */
  readonly shared: boolean;
  /** Whether commands may bypass the methods of the client; see `plain-commands.ts`. */
  readonly plain: boolean;
  /** Whether the connection is open at this moment. */
  readonly isOpen: boolean;
  /** Members of the client that hold commands, of modules and of function libraries. */
  readonly namespaces: ReadonlySet<string>;
  /**
   * Sends one operation.
   *
   * @param timeoutMs - Its limit in milliseconds; that of the connection by default.
   * @param signal - Takes it out of the waiting line.
   */
  run<R>(
    operation: string,
    repeatable: boolean,
    invoke: (client: RedisClient) => PromiseLike<R>,
    timeoutMs?: number,
    signal?: AbortSignal,
  ): Promise<R>;
  /** Notes that the state of the connection itself was changed. */
  spoil(): void;
}

/** Usual names of the modules of Redis; a call of one that was not given is refused with the remedy. */
export const moduleNamespaces: ReadonlySet<string> = new Set(
  'bf cms cf tDigest topK json ft ts'.split(' '),
);
