import { ConnectionError, ErrorCode } from '@map/errors';
import type { Cluster, Redis } from 'ioredis';
import type { ScriptDefinition, Transaction } from './script-transactions.ts';

/** A client of one server, of the primary that sentinels name, or of a cluster. */
export type QueueClient = (Redis | Cluster) & {
  /** The connections that BullMQ made of it, for commands that block. */
  readonly duplicates: Set<QueueClient>;
};

/** The members of ioredis' clients that are used or overridden. */
export interface BaseClient<Options> {
  readonly options: Options;
  readonly status: string;
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  duplicate(...given: unknown[]): unknown;
  info(...given: unknown[]): Promise<string>;
  defineCommand(name: string, definition: ScriptDefinition): void;
  multi(): Transaction;
  pipeline(): unknown;
  select(database: number): Promise<unknown>;
  emit(event: string, error: unknown): unknown;
  on(event: string, listener: (...given: never[]) => void): unknown;
  off(event: string, listener: (...given: never[]) => void): unknown;
}

/** A class of clients. */
export type Made<Client, Given extends unknown[]> = new (...given: Given) => Client;

/** Whether commands reach a server; a cluster may call that `connect`, one server says it too early. */
export function isReady({ status, isCluster }: QueueClient): boolean {
  return status === 'ready' || (isCluster && status === 'connect');
}

/** The events after which {@link isReady} may have changed, or never will. */
const READINESS = ['connect', 'ready', 'end'] as const;

/** Lists a client with the connections that BullMQ made of it. */
export function connectionsOf(client: QueueClient): readonly QueueClient[] {
  return [client, ...client.duplicates];
}

/** Makes the error of what waited for a connection that was closed. */
export function closedError(): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.CLIENT_CLOSED,
    message: 'The connection of the queue was closed.',
  });
}

/**
 * Waits until commands reach a server. BullMQ makes the first attempt to connect itself, and abandons
 * a client for good if that fails: it waits for a later one.
 *
 * @throws Error if the client is closed before.
 */
export function untilReady(client: QueueClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const isEnded = client.status === 'end';
      if (!isEnded && !isReady(client)) return;
      for (const event of READINESS) client.off(event, look);
      if (isEnded) reject(closedError());
      else resolve();
    };
    for (const event of READINESS) client.on(event, look);
    look();
  });
}

/** Waits for the first connection: if the first attempt fails, a later one may succeed. */
export function firstConnection(client: QueueClient, attempt: Promise<void>): Promise<void> {
  attempt.catch(() => undefined);
  return untilReady(client);
}

/** A client with the connections that were made of it. */
interface Duplicated {
  readonly status: string;
  readonly duplicates: Set<Duplicated>;
}

/** Lists a connection with the client that it was made of, and forgets those that have ended. */
export function remembered<T extends Duplicated>(original: { duplicates: Set<T> }, made: T): T {
  for (const other of original.duplicates) {
    if (other.status === 'end') original.duplicates.delete(other);
  }
  original.duplicates.add(made);
  return made;
}
