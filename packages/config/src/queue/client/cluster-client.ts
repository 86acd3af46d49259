// Additions to the client of ioredis for a cluster: it asks for a password that rotates, knows the
// connections that BullMQ makes of it, and ends whatever state it is in.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '@map/connections';
import type { ClusterOptions } from 'ioredis';
import { given, Opening, type PasswordProvider, retryDelay } from './client-opening.ts';
import type { Ioredis } from './libraries.ts';
import {
  type BaseClient,
  closedError,
  firstConnection,
  type Made,
  type QueueClient,
  remembered,
} from './queue-client.ts';
import { type ScriptDefinition, Scripts, type Transaction } from './script-transactions.ts';
import { forBullmq } from './server-info.ts';

interface BaseCluster extends BaseClient<ClusterOptions> {
  nodes(): Node[];
}

interface Node {
  readonly options: { password?: string | undefined };
}

type ClusterGiven = [nodes: Address[], options: ClusterOptions];

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
    readonly #scripts = new Scripts();
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
      return isFirst ? firstConnection(this as unknown as QueueClient, attempt) : attempt;
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

    override defineCommand(name: string, definition: ScriptDefinition): void {
      super.defineCommand(name, definition);
      this.#scripts.add(name, definition);
    }

    override multi(): Transaction {
      return this.#scripts.bringTo(super.multi());
    }

    /** BullMQ adds many tasks in a pipeline, of which a lost connection would leave a part. */
    override pipeline(): Transaction {
      return this.multi();
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
