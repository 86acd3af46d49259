// Additions to the clients of ioredis for a queue: they ask for a password that rotates, know
// the connections that BullMQ makes of them, and end whatever state they are in.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '@map/connections';
import { ConfigurationError, ConnectionError, ErrorCode } from '@map/errors';
import type { Cluster, ClusterOptions, RedisOptions as IoredisOptions, Redis } from 'ioredis';
import { given, Opening, type PasswordProvider, retryDelay } from './client-opening.ts';
import type { Ioredis } from './libraries.ts';
import { isReplyError } from './queue-error.ts';

/** A client of one server, of the primary that sentinels name, or of a cluster. */
export type QueueClient = (Redis | Cluster) & {
  /** The connections that BullMQ made of it, for commands that block. */
  readonly duplicates: Set<QueueClient>;
};

/** Makes the error of what waited for a connection that was closed. */
function closedError(): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.CLIENT_CLOSED,
    message: 'The connection of the queue was closed.',
  });
}

/** A connection that is closed earlier has hardly been used, in milliseconds. */
const SHORT_MS = 1_000;
/** Such connections in a row before that is reported; a server that restarts makes one. */
const MANY_SHORT = 3;

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

/** The members of ioredis' clients that are used or overridden. */
interface BaseClient<Options> {
  readonly options: Options;
  readonly status: string;
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  duplicate(...given: unknown[]): unknown;
  info(...given: unknown[]): Promise<string>;
  select(database: number): Promise<unknown>;
  emit(event: string, error: unknown): unknown;
  on(event: string, listener: (...given: never[]) => void): unknown;
  off(event: string, listener: (...given: never[]) => void): unknown;
}

interface BaseCluster extends BaseClient<ClusterOptions> {
  nodes(): Node[];
}

interface Node {
  readonly options: { password?: string | undefined };
}

type Made<Client, Given extends unknown[]> = new (...given: Given) => Client;

type SingleGiven = [options: IoredisOptions];
type ClusterGiven = [nodes: Address[], options: ClusterOptions];

/**
 * Makes the class of a client of one server.
 *
 * @param ioredis The library.
 * @param ask Gives the password before every attempt to connect.
 * @param onShort Called when connections are closed soon after they were made, again and again: by a
 * proxy that refuses a command. ioredis emits no error for that, and tries for ever.
 */
export function singleClient(
  ioredis: Ioredis,
  ask: PasswordProvider | undefined,
  onShort: () => void,
): Made<QueueClient, SingleGiven> {
  const Base = ioredis.Redis as unknown as Made<BaseClient<IoredisOptions>, SingleGiven>;
  class QueueRedis extends Base {
    readonly duplicates = new Set<QueueRedis>();
    readonly #opening = new Opening();
    #connectedAt = Number.NEGATIVE_INFINITY;
    #short = 0;

    constructor(options: IoredisOptions) {
      // ioredis starts its count again with each connection, however short.
      const retryStrategy = (attempt: number) => retryDelay(attempt + this.#short);
      super({ ...options, retryStrategy });
      this.on('connect', () => {
        this.#connectedAt = performance.now();
      });
      this.on('close', () => {
        const isShort = performance.now() - this.#connectedAt < SHORT_MS;
        this.#short = isShort ? this.#short + 1 : 0;
        if (this.#short === MANY_SHORT) onShort();
      });
    }

    override connect(): Promise<void> {
      if (ask === undefined) return super.connect();
      const isFirst = this.status === 'wait';
      const attempt = this.#opening.once(async (isWanted) => {
        const password = await given(ask, this, isWanted);
        if (!isWanted()) throw closedError();
        this.options.password = password;
        await super.connect();
      });
      if (!isFirst) return attempt;
      // A later one may be the one that succeeds.
      attempt.catch(() => undefined);
      return untilReady(this as unknown as QueueClient);
    }

    override disconnect(reconnect = false): void {
      const { status } = this;
      super.disconnect(reconnect);
      if (reconnect) return;
      this.#opening.cancel();
      if (status !== 'reconnecting') return;
      // ioredis drops its timer, and whatever waits for the connection would wait for ever: an
      // attempt that is ended at once rejects it (https://github.com/taskforcesh/bullmq/issues/4585).
      super.connect().catch(() => undefined);
      super.disconnect();
    }

    override async select(database: number): Promise<unknown> {
      try {
        return await super.select(database);
      } catch (error) {
        // ioredis would send everything else to database 0.
        if (isReplyError(error)) this.disconnect(true);
        throw databaseError(error, database);
      }
    }

    override duplicate(options: IoredisOptions = {}): QueueRedis {
      return remembered(this, new QueueRedis({ ...this.options, ...options }));
    }

    override info(...given: unknown[]): Promise<string> {
      return forBullmq(super.info(...given), given);
    }
  }
  return QueueRedis as unknown as Made<QueueClient, SingleGiven>;
}

/**
 * Makes the class of a client of a cluster.
 *
 * @param ioredis The library.
 * @param nodes Where to start.
 * @param ask Gives the password before every attempt to connect, and after an error of a node.
 */
export function clusterClient(
  ioredis: Ioredis,
  nodes: readonly Address[],
  ask: PasswordProvider | undefined,
): Made<QueueClient, ClusterGiven> {
  const Base = ioredis.Cluster as unknown as Made<BaseCluster, ClusterGiven>;
  class QueueCluster extends Base {
    readonly duplicates = new Set<QueueCluster>();
    readonly #opening = new Opening();
    readonly #renewing = new Opening();
    #password: string | undefined;
    #isWanted = true;
    #hasEnded = false;

    constructor(...options: ClusterGiven) {
      super(...options);
      this.on('end', () => {
        this.#hasEnded = true;
      });
      if (ask === undefined) return;
      // A node connects later than this.
      this.on('+node', (node: Node) => {
        node.options.password = this.#password;
      });
      // The nodes that are connected need the new one as well, to ask each other for the slots.
      this.on('node error', () => {
        void this.#renewing.once((isWanted) => this.#renew(ask, isWanted));
      });
    }

    override connect(): Promise<void> {
      this.#isWanted = true;
      const isFirst = this.status === 'wait';
      const attempt = this.#opening.once((isWanted) => this.#open(isWanted));
      if (!isFirst) return attempt;
      // A later one may be the one that succeeds.
      attempt.catch(() => undefined);
      return untilReady(this as unknown as QueueClient);
    }

    override disconnect(reconnect = false): void {
      const { status } = this;
      super.disconnect(reconnect);
      if (reconnect) return;
      this.#isWanted = false;
      this.#opening.cancel();
      this.#renewing.cancel();
      // While it waits for its next attempt, ioredis may say `close`, as it may after its end.
      if (status !== 'reconnecting' && (status !== 'close' || this.#hasEnded)) return;
      // As for one server, but a cluster has to have tried its nodes. BullMQ may want it again by then.
      const end = () => {
        if (!this.#isWanted) super.disconnect();
      };
      this.on('connect', end);
      const settled = () => this.off('connect', end);
      this.#opening.once(() => this.#attempt()).then(settled, settled);
    }

    /**
     * Connects. BullMQ disconnects a cluster and connects it again, which ioredis does not repeat if it
     * fails; it may even leave the state `close`, in which BullMQ would wait for ever.
     */
    async #open(isWanted: () => boolean): Promise<void> {
      for (let failed = 0; ; failed += 1) {
        if (ask !== undefined) await this.#renew(ask, isWanted);
        if (!isWanted()) throw closedError();
        try {
          return await this.#attempt();
        } catch (error) {
          // Another attempt, such as one that was to end the client, has succeeded.
          if (this.status === 'ready') return;
          if (!isWanted() || this.status === 'reconnecting') throw error;
        }
        await sleep(retryDelay(failed));
      }
    }

    /**
     * Makes one attempt. Where the cluster is not whole, ioredis never settles it and begins another;
     * BullMQ would wait for the first one for ever.
     */
    #attempt(): Promise<void> {
      this.#hasEnded = false;
      return new Promise((resolve, reject) => {
        const onClose = () => settle(() => reject(closedError()));
        const settle = (done: () => void) => {
          this.off('close', onClose);
          done();
        };
        this.on('close', onClose);
        super.connect().then(
          () => settle(resolve),
          (error) => settle(() => reject(error)),
        );
      });
    }

    override duplicate(_nodes?: unknown, options: ClusterOptions = {}): QueueCluster {
      const redisOptions = { ...this.options.redisOptions, ...options.redisOptions };
      const given = { ...this.options, ...options, redisOptions };
      return remembered(this, new QueueCluster([...nodes], given));
    }

    override info(...given: unknown[]): Promise<string> {
      return forBullmq(super.info(...given), given);
    }

    async #renew(provide: PasswordProvider, isWanted: () => boolean): Promise<void> {
      const password = await given(provide, this, isWanted);
      if (!isWanted()) return;
      this.#password = password;
      for (const node of this.nodes()) node.options.password = password;
    }
  }
  return QueueCluster as unknown as Made<QueueClient, ClusterGiven>;
}

/** Makes the error of a database that the server does not have; others stay as they are. */
function databaseError(error: unknown, database: number): unknown {
  if (!isReplyError(error) || !/out of range/i.test(error.message)) return error;
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `Redis has no database ${database}: choose a smaller index, or raise "databases" in its configuration.`,
    details: { option: 'database' },
    originalError: error,
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

interface Duplicated {
  readonly status: string;
  readonly duplicates: Set<Duplicated>;
}

function remembered<T extends Duplicated>(original: { duplicates: Set<T> }, made: T): T {
  for (const other of original.duplicates) {
    if (other.status === 'end') original.duplicates.delete(other);
  }
  original.duplicates.add(made);
  return made;
}

/** The oldest version that BullMQ recommends. */
const UNKNOWN_VERSION = 'redis_version:6.2.0';

/**
 * The reply to INFO for BullMQ. It prints a warning about the policy for each of its connections; the
 * queue logs one. A refusal would make it try again for ever, without a pause and without a turn of
 * the event loop.
 */
function forBullmq(reply: Promise<string>, given: readonly unknown[]): Promise<string> {
  // ioredis asks with a callback, and the queue for one section: both get the whole reply.
  if (given.length > 0) return reply;
  return reply.then(
    (info) => info.replaceAll(/^maxmemory_policy:.*$/gm, ''),
    (error: unknown) => {
      if (isReplyError(error)) return UNKNOWN_VERSION;
      throw error;
    },
  );
}
