import { AsyncResource } from 'node:async_hooks';
import { coded } from './coded.ts';
import type { CloseCounts } from './managed.ts';
import type { ConnectionEvent } from './observer.ts';
import type { RedisClient } from './redis-driver.ts';
import type { ResourceDriver } from './resource.ts';
import { SharedConnection } from './shared-connection.ts';
import type { SharedSettings } from './shared-settings.ts';

/** Called with every message and the channel that it came over. */
export type MessageListener = (message: string, channel: string) => unknown;

/** A subscription; it outlives lost connections, and ends when told to. */
export interface Subscription {
  unsubscribe(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Which messages to listen to. */
export interface Topic {
  readonly channel: string;
  /** Whether the channel is a pattern such as `news.*`. */
  readonly isPattern: boolean;
}

interface Entry extends Topic {
  readonly listener: MessageListener;
}

/** How often a quiet subscriber asks whether the server is still there. */
const heartbeatMs = 5_000;

/** The subscriptions of one Redis, over a connection of their own. */
export class RedisSubscriber {
  readonly connection: SharedConnection<RedisClient>;
  readonly #entries: Set<Entry> = new Set();
  readonly #settings: SharedSettings;
  readonly #report: ((event: ConnectionEvent) => void) | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(
    driver: ResourceDriver<RedisClient>,
    settings: SharedSettings,
    report: ((event: ConnectionEvent) => void) | undefined,
  ) {
    this.#settings = settings;
    this.#report = report;
    const subscribing: ResourceDriver<RedisClient> = {
      ...driver,
      // A new connection is not open before it listens to what the lost one listened to.
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
    this.connection = new SharedConnection(subscribing, settings, report);
  }

  async subscribe(topic: Topic, listener: MessageListener): Promise<Subscription> {
    const entry: Entry = { ...topic, listener: this.#guarded(listener) };
    await this.connection.run('SUBSCRIBE', undefined, true, async (client) => {
      await listen(client, entry);
      this.#entries.add(entry);
    });
    this.#beat();
    const unsubscribe = (): Promise<void> => this.#unsubscribe(entry);
    return { unsubscribe, [Symbol.asyncDispose]: unsubscribe };
  }

  async close(timeoutMs: number): Promise<CloseCounts> {
    clearInterval(this.#heartbeat);
    this.#entries.clear();
    return await this.connection.close(timeoutMs);
  }

  async #unsubscribe(entry: Entry): Promise<void> {
    if (!this.#entries.delete(entry)) return;
    if (this.#entries.size === 0) clearInterval(this.#heartbeat);
    // Without a connection there is nothing to unsubscribe from.
    if (this.connection.state !== 'open') return;
    const { channel, listener } = entry;
    await this.connection.run('UNSUBSCRIBE', undefined, true, (client) =>
      entry.isPattern
        ? client.pUnsubscribe(channel, listener)
        : client.unsubscribe(channel, listener),
    );
  }

  /** A listener in the context of its subscriber, whose failures end nothing. */
  #guarded(listener: MessageListener): MessageListener {
    const bound = AsyncResource.bind(listener);
    const fail = (thrown: unknown): void => {
      const { name, kind } = this.#settings;
      const error = coded(thrown, { pool: name, kind, operation: 'message' });
      this.#report?.({ type: 'error', pool: name, kind, errorType: error.name, error });
    };
    return async (message, channel) => {
      try {
        await bound(message, channel);
      } catch (error) {
        fail(error);
      }
    };
  }

  #beat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (this.connection.state !== 'open') return;
      // When it does not answer in time, the connection is replaced.
      this.connection.run('PING', undefined, true, (client) => client.ping()).catch(() => {});
    }, heartbeatMs);
    this.#heartbeat.unref();
  }
}

async function listen(client: RedisClient, { channel, isPattern, listener }: Entry): Promise<void> {
  if (isPattern) await client.pSubscribe(channel, listener);
  else await client.subscribe(channel, listener);
}
