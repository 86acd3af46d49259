// Additions to the client of ioredis for one server: it asks for a password that rotates, knows the
// connections that BullMQ makes of it, and ends whatever state it is in.

import { ConfigurationError, ErrorCode } from '@map/errors';
import type { RedisOptions as IoredisOptions } from 'ioredis';
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
import { isReplyError } from './reply-error.ts';
import { type ScriptDefinition, Scripts, type Transaction } from './script-transactions.ts';
import { forBullmq } from './server-info.ts';

/** A connection that is closed earlier has hardly been used, in milliseconds. */
const SHORT_MS = 1_000;
/** Such connections in a row before that is reported; a server that restarts makes one. */
const MANY_SHORT = 3;

type SingleGiven = [options: IoredisOptions];
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
    readonly #scripts = new Scripts();
    readonly #opening = new Opening();
    #connectedAt: number | undefined;
    #short = 0;

    constructor(options: IoredisOptions) {
      // ioredis starts its count again with each connection, however short.
      const retryStrategy = (attempt: number) => retryDelay(attempt + this.#short);
      super({ ...options, retryStrategy });
      this.on('connect', () => {
        this.#connectedAt = performance.now();
      });
      this.on('close', () => {
        const connectedAt = this.#connectedAt;
        // Not made, or closed by us
        if (connectedAt === undefined) return;
        this.#connectedAt = undefined;
        const isShort = performance.now() - connectedAt < SHORT_MS;
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
      return isFirst ? firstConnection(this as unknown as QueueClient, attempt) : attempt;
    }

    override disconnect(reconnect = false): void {
      const { status } = this;
      if (!reconnect) this.#connectedAt = undefined;
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
  }
  return QueueRedis as unknown as Made<QueueClient, SingleGiven>;
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
