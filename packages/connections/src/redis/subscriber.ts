import { AsyncResource } from 'node:async_hooks';
import type { CloseCounts, ConnectionStats } from '../core/connection.ts';
import type { ResourceDriver } from '../core/driver.ts';
import { codedError } from '../core/errors.ts';
import type { Report } from '../core/observer.ts';
import type { SharedSettings } from '../shared/settings.ts';
import { SharedConnection } from '../shared/shared-connection.ts';
import type { RedisClient } from './client.ts';

/** Called with every message and the channel it came over. */
export type MessageListener = (message: string, channel: string) => unknown;

/** Called with every message and the channel it came over, as bytes. */
export type BufferListener = (message: Buffer, channel: Buffer) => unknown;

/** A listener of either kind. */
export type Listener = (message: never, channel: never) => unknown;

/** A subscription; it outlives lost connections, until it is ended. */
export interface Subscription {
  unsubscribe(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Which messages to listen to. */
export interface Topic {
  readonly channel: string;
  /** A channel, a pattern such as `news.*`, or a channel of one shard. */
  readonly type: 'channel' | 'pattern' | 'shard';
  /** Whether messages are passed on as bytes. */
  readonly asBuffer: boolean;
}

interface Entry extends Topic {
  readonly listener: Listener;
}

/** How often a quiet subscriber checks whether the server still replies. */
const heartbeatMs = 5_000;

/** The subscriptions of one Redis, over their own connection. */
export class RedisSubscriber {
  readonly #connection: SharedConnection<RedisClient>;
  readonly #entries: Set<Entry> = new Set();
  readonly #settings: SharedSettings;
  readonly #report: Report;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(
    driver: ResourceDriver<RedisClient>,
    settings: SharedSettings,
    report: Report,
    onOpen: () => void,
  ) {
    this.#settings = settings;
    this.#report = report;
    const subscribing: ResourceDriver<RedisClient> = {
      ...driver,
      // A new connection counts as open once it has the subscriptions of the lost one.
      open: async (context) => {
        const client = await driver.open(context);
        try {
          for (const entry of this.#entries) await listen(client, entry);
        } catch (error) {
          client.destroy();
          throw error;
        }
        return client;
      },
    };
    this.#connection = new SharedConnection(subscribing, settings, report, onOpen);
  }

  async subscribe(topic: Topic, listener: Listener): Promise<Subscription> {
    const entry: Entry = { ...topic, listener: this.#guarded(listener) };
    await this.#connection.run('SUBSCRIBE', undefined, true, async (client) => {
      await listen(client, entry);
      this.#entries.add(entry);
    });
    this.#beat();
    const unsubscribe = (): Promise<void> => this.#unsubscribe(entry);
    return { unsubscribe, [Symbol.asyncDispose]: unsubscribe };
  }

  stats(): ConnectionStats {
    return this.#connection.stats();
  }

  /** Ends a pause between two attempts to connect, because the server is known to be back. */
  hurry(): void {
    this.#connection.hurry();
  }

  async close(timeoutMs: number): Promise<CloseCounts> {
    clearInterval(this.#heartbeat);
    this.#entries.clear();
    return await this.#connection.close(timeoutMs);
  }

  async #unsubscribe(entry: Entry): Promise<void> {
    if (!this.#entries.delete(entry)) return;
    if (this.#entries.size === 0) clearInterval(this.#heartbeat);
    // Without a connection there is nothing to unsubscribe from.
    if (this.#connection.state !== 'open') return;
    await this.#connection.run('UNSUBSCRIBE', undefined, true, (client) => stop(client, entry));
  }

  /** The listener in the context of its subscriber; its failures are reported and end nothing. */
  #guarded(listener: Listener): Listener {
    const bound = AsyncResource.bind(listener as MessageListener);
    const fail = (thrown: unknown): void => {
      const { kind, name } = this.#settings;
      const error = codedError(thrown, { pool: name, kind, operation: 'message' });
      this.#report?.({ type: 'error', pool: name, kind, errorType: error.name, error });
    };
    return async (message, channel) => {
      try {
        await bound(message as string, channel as string);
      } catch (error) {
        fail(error);
      }
    };
  }

  #beat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (this.#connection.state !== 'open') return;
      // If there is no reply in time, the connection is replaced.
      this.#connection.run('PING', undefined, true, (client) => client.ping()).catch(() => {});
    }, heartbeatMs);
    this.#heartbeat.unref();
  }
}

const subscribeMethods = {
  channel: 'subscribe',
  pattern: 'pSubscribe',
  shard: 'sSubscribe',
} as const;

const unsubscribeMethods = {
  channel: 'unsubscribe',
  pattern: 'pUnsubscribe',
  shard: 'sUnsubscribe',
} as const;

async function listen(
  client: RedisClient,
  { asBuffer, channel, listener, type }: Entry,
): Promise<void> {
  await client[subscribeMethods[type]](channel, listener as MessageListener, asBuffer as false);
}

async function stop(
  client: RedisClient,
  { asBuffer, channel, listener, type }: Entry,
): Promise<void> {
  await client[unsubscribeMethods[type]](channel, listener as MessageListener, asBuffer as false);
}
