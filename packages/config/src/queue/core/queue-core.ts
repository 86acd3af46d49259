// The parts of one queue of this process once it is used: the client, BullMQ's queue, and what
// the lifecycle, health and metrics know of it. It opens with the first use, and closes in the phase
// `close` of a shutdown, after the workers.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisOptions } from '@map/connections';
import { type BaseError, convertException, ErrorCode, isBaseError } from '@map/errors';
import type { Lifecycle } from '@map/lifecycle';
import { getLogger, type TraceLogger } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { DeadlineQueue, MAX_TIMER_MS } from '@map/redaction/kernel';
import { getSettings, type Settings } from '@map/settings';
import type { Queue } from 'bullmq';
import { current } from '../../support/current.ts';
import { redisOptions } from '../../wiring/connection-options.ts';
import { type Bullmq, loadBullmq, loadIoredis } from '../client/libraries.ts';
import { connectionsOf, isReady, type QueueClient, untilReady } from '../client/queue-client.ts';
import { queueClient } from '../client/redis-client.ts';
import type { QueueCounts } from '../data/types.ts';
import { CommandWait } from './command-wait.ts';
import { warnOfEviction } from './eviction.ts';
import { jobDefaults } from './job-defaults.ts';
import {
  argumentError,
  closedAtOnce,
  endedError,
  firstReply,
  lateError,
  poolName,
  refusalOf,
  refusedCommand,
} from './queue-error.ts';
import { checkRedis, type QueueSettings } from './queue-options.ts';
import { placeOf, type QueuePlace } from './queue-place.ts';
import { watchDepth, watchHealth } from './queues-of-name.ts';

/** A worker as its queue ends it. */
interface EndingWorker {
  /** Whether the running code is a task of it. */
  runsCaller(): boolean;
  end(): Promise<void>;
}

/** A queue that is in use. */
export interface OpenQueue {
  readonly bullmq: Bullmq;
  readonly queue: Queue;
  readonly client: QueueClient;
  readonly prefix: string;
}

const STATES = [
  'waiting',
  'prioritized',
  'active',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
] as const;

const COMMAND_TIMEOUT_MS = 5_000;
/** Tasks that are added within one limit of a command; Redis needs a tenth of that for them. */
const TASKS_A_LIMIT = 1_000;
/** How long a connection may still come with a password that has been replaced, in milliseconds. */
const ROTATION_MS = 2_000;
const HEALTH_TIMEOUT_MS = 1_800;

const cores = new WeakMap<object, QueueCore>();

/** Makes the inner part of a task queue. */
export function makeCore(queue: object, settings: QueueSettings): QueueCore {
  const core = new QueueCore(settings);
  cores.set(queue, core);
  return core;
}

/**
 * Returns the inner part of a task queue.
 *
 * @throws `VALIDATION_ERROR_3500` for anything else.
 */
export function coreOf(queue: object): QueueCore {
  const core = cores.get(queue);
  if (core !== undefined) return core;
  throw argumentError('`queue` must be the result of taskQueue().');
}

/** The inner part of a task queue. */
export class QueueCore {
  readonly settings: QueueSettings;
  readonly log: TraceLogger = getLogger('map.queue');
  /** The workers of this process, which use its connection. */
  readonly workers: Set<EndingWorker> = new Set();
  #open: Promise<OpenQueue> | undefined;
  /** Limit of one command to Redis, in milliseconds; known once the queue is open. */
  commandTimeoutMs: number = COMMAND_TIMEOUT_MS;
  #isRotating = false;
  readonly #deadlines = new DeadlineQueue();
  #undos: (() => void)[] = [];
  /** Whether its Redis is known to be away. */
  isDown: boolean = false;
  /** The error of the connection that was reported last. */
  #lastError: unknown;
  #client: QueueClient | undefined;
  /** What the commands wait for that came while Redis was away. */
  #waiting: Promise<void> | undefined;
  /** The lifecycle whose shutdown closed it: only the next one may open it again. */
  #endedWith: Lifecycle | undefined;

  constructor(settings: QueueSettings) {
    this.settings = settings;
  }

  /**
   * Opens the queue with the first call; it connects in the background.
   *
   * @throws `CONFIG_MISSING_3001` if BullMQ is not installed; `CONFIG_INVALID_3002` for an option
   * of Redis; `CLIENT_CLOSED_9007` once a shutdown has begun.
   */
  open(): Promise<OpenQueue> {
    const ended = this.#endedWith;
    if (ended !== undefined && (current().lifecycle ?? ended) === ended) {
      return Promise.reject(endedError(this.settings.name));
    }
    this.#open ??= this.#start().catch((error: unknown) => {
      this.#open = undefined;
      throw error;
    });
    return this.#open;
  }

  /**
   * Sends commands within the limit of the settings, which many tasks have several times.
   *
   * @param what For the error without a reply in time.
   * @param command The commands.
   * @param data That of the tasks it adds, to tell what BullMQ refuses apart from what Redis does.
   */
  async send<T>(
    what: string,
    command: (open: OpenQueue) => Promise<T>,
    data?: readonly unknown[],
  ): Promise<T> {
    const { name } = this.settings;
    const open = await this.open();
    if (this.isDown && isMisconfigured(this.#lastError)) throw this.#lastError;
    const isOpen = isReady(open.client);
    const limitMs = this.commandTimeoutMs * (isOpen ? shares(data) : 1);
    const wait = new CommandWait(limitMs > MAX_TIMER_MS ? Number.POSITIVE_INFINITY : limitMs);
    const before = this.#lastError;
    this.#deadlines.add(wait);
    try {
      const reply = isOpen ? this.#run(open, command) : this.#afterReady(open, command, wait);
      return await wait.until(reply);
    } catch (thrown) {
      const isNew = this.isDown || this.#lastError !== before;
      const reason = isNew ? this.#lastError : undefined;
      const error = wait.isLate ? lateError(name, what, limitMs, reason) : this.#coded(thrown);
      throw data === undefined ? error : refusalOf(error, name, data);
    } finally {
      this.#deadlines.remove(wait);
    }
  }

  /** The client would keep a command while Redis is away, and send it after it was refused here. */
  async #afterReady<T>(
    open: OpenQueue,
    command: (open: OpenQueue) => Promise<T>,
    wait: CommandWait,
  ): Promise<T> {
    await this.#untilReady(open.client);
    return wait.isLate ? (undefined as T) : this.#run(open, command);
  }

  /** Waits with one listener, however many commands wait. */
  #untilReady(client: QueueClient): Promise<void> {
    this.#waiting ??= untilReady(client).finally(() => {
      this.#waiting = undefined;
    });
    return this.#waiting;
  }

  #run<T>(open: OpenQueue, command: (open: OpenQueue) => Promise<T>): Promise<T> {
    return this.#isRotating ? this.#accepted(open, command) : command(open);
  }

  /** Repeats what a connection with an old password refused, until the client has the new one. */
  async #accepted<T>(open: OpenQueue, command: (open: OpenQueue) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    for (;;) {
      try {
        return await command(open);
      } catch (thrown) {
        const { code } = convertException(thrown, { origin: 'redis' });
        const isOld = this.#isRotating && code === ErrorCode.REDIS_AUTH_FAILED;
        if (!isOld || performance.now() - startedAt > ROTATION_MS) throw thrown;
        await sleep(ROTATION_MS / 20);
      }
    }
  }

  /** The reason for which its Redis is away, if that is known. */
  get absence(): unknown {
    return this.isDown ? this.#lastError : undefined;
  }

  /** Counts the tasks by state. */
  async counts(): Promise<QueueCounts> {
    const counts = await this.send('count its tasks', ({ queue }) => queue.getJobCounts(...STATES));
    return counts as unknown as QueueCounts;
  }

  /**
   * Reports an error of BullMQ or of a connection; while Redis is away, only the first.
   *
   * @returns The error with its code.
   */
  reportError(thrown: unknown): BaseError {
    const { name } = this.settings;
    const error = this.#coded(thrown);
    const labels = { pool: poolName(name), kind: 'redis', error_type: error.code };
    getMetricsManager().trackConnection('errors', labels);
    const wasDown = this.isDown;
    this.isDown = this.#client !== undefined && !isReady(this.#client);
    this.#lastError = error;
    if (!wasDown) error.logError(this.log, { queue: name });
    return error;
  }

  #coded(thrown: unknown): BaseError {
    const { name } = this.settings;
    const details = { pool: poolName(name) };
    const refused = refusedCommand(thrown, name, this.location().prefix);
    return refused ?? convertException(firstReply(thrown) ?? thrown, { origin: 'redis', details });
  }

  /**
   * Closes everything, workers first; commands without a reply are abandoned. One of its tasks that
   * calls it does not wait, because its end has to be noted first.
   */
  async close(): Promise<void> {
    const isInside = [...this.workers].some((worker) => worker.runsCaller());
    const closed = this.#close();
    if (isInside) closed.catch((error: unknown) => this.reportError(error));
    else await closed;
  }

  async #close(): Promise<void> {
    // A worker that waits for this is one of those to close.
    await this.#open?.catch(() => undefined);
    await Promise.all([...this.workers].map((worker) => worker.end()));
    const opening = this.#open;
    this.#open = undefined;
    for (const undo of this.#undos.splice(0)) undo();
    const open = await opening?.catch(() => undefined);
    if (open === undefined) return;
    const closing = open.queue.close().catch(() => undefined);
    // Without a connection it would wait for one.
    if (isReady(open.client)) await closing;
    for (const connection of connectionsOf(open.client)) connection.disconnect();
  }

  async #start(): Promise<OpenQueue> {
    const { name } = this.settings;
    const [bullmq, ioredis] = await Promise.all([loadBullmq(), loadIoredis()]);
    const options = this.#redisOptions();
    checkRedis(name, options, this.settings.prefix);
    // First: during a shutdown it refuses, and a client would be left behind.
    this.#watch();
    const client = queueClient(ioredis, name, options, () => this.#onShort());
    this.#client = client;
    client.on('error', (error: unknown) => this.reportError(error));
    client.on('ready', () => this.#onReady(client));
    const { prefix } = this.location();
    const queue = new bullmq.Queue(name, {
      connection: client,
      prefix,
      defaultJobOptions: jobDefaults(this.settings),
    });
    // The client has reported it.
    queue.on('error', () => undefined);
    return { bullmq, queue, client, prefix };
  }

  /** Tells where the queue is: see {@link placeOf}. */
  location(): QueuePlace {
    return placeOf(this.settings, this.#redisOptions());
  }

  #redisOptions(): RedisOptions {
    const settings = (current().config?.settings ?? getSettings()) as Settings;
    const options = this.settings.redis ?? redisOptions(settings);
    this.commandTimeoutMs = options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS;
    this.#isRotating = typeof options.password === 'function';
    return options;
  }

  /** Makes the queue known to the lifecycle and to the metrics. */
  #watch(): void {
    const { name } = this.settings;
    const { lifecycle } = current();
    if (lifecycle !== undefined) {
      const end = () => {
        this.#endedWith = lifecycle;
        return this.close();
      };
      this.#undos.push(lifecycle.onShutdown(`queue ${name}`, end, 'close'));
      this.#undos.push(watchHealth(lifecycle, this, HEALTH_TIMEOUT_MS));
    }
    this.#undos.push(watchDepth(this));
  }

  /** Reports connections that are closed at once, unless their error says more, as for a password. */
  #onShort(): void {
    const isReset =
      isBaseError(this.#lastError) && this.#lastError.code === ErrorCode.CONNECTION_RESET;
    if (this.isDown && !isReset) return;
    this.isDown = false;
    this.reportError(closedAtOnce(this.settings.name));
  }

  #onReady(client: QueueClient): void {
    if (this.isDown) this.log.info('Queue reconnected', { queue: this.settings.name });
    this.isDown = false;
    void warnOfEviction(this, client);
  }
}

/** How often many tasks have the limit of one command: Redis adds them in one step. */
function shares(data: readonly unknown[] = []): number {
  return Math.max(1, Math.ceil(data.length / TASKS_A_LIMIT));
}

/** Whether waiting cannot help, such as for a database that the server does not have. */
function isMisconfigured(error: unknown): boolean {
  return isBaseError(error) && error.code === ErrorCode.CONFIG_INVALID;
}
