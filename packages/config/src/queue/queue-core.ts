// The parts of one queue of this process once it is used: the client, BullMQ's queue, and what
// the lifecycle, health and metrics know of it. It opens with the first use, and closes in the phase
// `close` of a shutdown, after the workers.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, type RedisOptions, redisTarget } from '@map/connections';
import {
  type BaseError,
  ConnectionError,
  convertException,
  ErrorCode,
  isBaseError,
} from '@map/errors';
import type { Lifecycle } from '@map/lifecycle';
import { getLogger, type TraceLogger } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { withTimeLimit } from '@map/redaction/kernel';
import { getSettings, type Settings } from '@map/settings';
import type { DefaultJobOptions, Queue } from 'bullmq';
import { current } from '../support/current.ts';
import { redisOptions } from '../wiring/connection-options.ts';
import { connectionsOf, isReady, type QueueClient, untilReady } from './client-classes.ts';
import { type Bullmq, loadBullmq, loadIoredis } from './libraries.ts';
import { argumentError, isReplyError, refusalOf, refusedCommand } from './queue-error.ts';
import { checkRedis, type QueueSettings } from './queue-options.ts';
import { watchDepth, watchHealth } from './queues-of-name.ts';
import { queueClient } from './redis-client.ts';
import type { QueueCounts } from './types.ts';

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

/** The wait between two attempts is decided by the error: see `verdict.ts`. */
export const BACKOFF = 'by-error';
const COMMAND_TIMEOUT_MS = 5_000;
/** Tasks that are added within one limit of a command; Redis needs a tenth of that for them. */
const TASKS_A_LIMIT = 1_000;
/** How long a connection may still come with a password that has been replaced, in milliseconds. */
const ROTATION_MS = 2_000;
const HEALTH_TIMEOUT_MS = 1_800;

/** How long finished tasks are kept: long enough to look at, not for ever as in BullMQ. */
const KEPT = {
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 14 * 86_400, count: 10_000 },
};

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
  readonly workers: Set<{ close(): Promise<void> }> = new Set();
  #open: Promise<OpenQueue> | undefined;
  /** Limit of one command to Redis, in milliseconds; known once the queue is open. */
  commandTimeoutMs: number = COMMAND_TIMEOUT_MS;
  #isRotating = false;
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
    let isLate = false;
    const before = this.#lastError;
    // The client would keep a command while Redis is away, and send it after it was refused here.
    const afterReady = async () => {
      await this.#untilReady(open.client);
      return isLate ? (undefined as T) : this.#run(open, command);
    };
    try {
      const running = isOpen ? this.#run(open, command) : afterReady();
      return await withTimeLimit(running, limitMs, () => {
        isLate = true;
        throw new ConnectionError({
          code: ErrorCode.REDIS_UNAVAILABLE,
          message: `Queue "${name}" did not ${what} within ${limitMs} ms.`,
          details: { pool: poolName(name), timeout_ms: limitMs },
          // A password that is refused, a host that does not exist, a connection that was just lost.
          ...((this.isDown || this.#lastError !== before) && { originalError: this.#lastError }),
        });
      });
    } catch (thrown) {
      const error = this.#coded(thrown);
      throw data === undefined ? error : refusalOf(error, name, data);
    }
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

  /** Reports an error of BullMQ or of a connection; while Redis is away, only the first. */
  reportError(thrown: unknown): void {
    const { name } = this.settings;
    const error = this.#coded(thrown);
    const labels = { pool: poolName(name), kind: 'redis', error_type: error.code };
    getMetricsManager().trackConnection('errors', labels);
    const wasDown = this.isDown;
    this.isDown = this.#client !== undefined && !isReady(this.#client);
    this.#lastError = error;
    if (!wasDown) error.logError(this.log, { queue: name });
  }

  #coded(thrown: unknown): BaseError {
    const { name } = this.settings;
    const details = { pool: poolName(name) };
    const refused = refusedCommand(thrown, name, this.location().prefix);
    return refused ?? convertException(thrown, { origin: 'redis', details });
  }

  /** Closes everything, workers first; commands without a reply are abandoned. */
  async close(): Promise<void> {
    // A worker that waits for this is one of those to close.
    await this.#open?.catch(() => undefined);
    await Promise.all([...this.workers].map((worker) => worker.close()));
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

  /** Tells where the queue is: the prefix of its keys, and the Redis by its address. */
  location(): { readonly prefix: string; readonly place: string } {
    const { name, prefix } = this.settings;
    const options = this.#redisOptions();
    const { cluster, sentinel } = options;
    const { host, port, path, database } = redisTarget(name, options);
    let place = `${path ?? `${host}:${port}`}/${database}`;
    if (cluster !== undefined) place = `the cluster at ${listed(cluster)}`;
    else if (sentinel !== undefined) {
      place = `${sentinel.primary}/${database} of the sentinels at ${listed(sentinel.nodes)}`;
    }
    return { prefix: prefix ?? (cluster === undefined ? 'bull' : '{bull}'), place };
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

  async #onReady(client: QueueClient): Promise<void> {
    if (this.isDown) this.log.info('Queue reconnected', { queue: this.settings.name });
    this.isDown = false;
    try {
      await warnOfEviction(this, client);
    } catch (error) {
      // A connection that is lost again asks once more.
      if (!isReplyError(error) || warned.has(this)) return;
      warned.add(this);
      this.log.warning(
        'Redis refuses INFO: its maxmemory-policy is unknown, and must be noeviction',
        {
          queue: this.settings.name,
          reason: error.message,
        },
      );
    }
  }
}

/** How often many tasks have the limit of one command: Redis adds them in one step. */
function shares(data: readonly unknown[] = []): number {
  return Math.max(1, Math.ceil(data.length / TASKS_A_LIMIT));
}

/** The nodes that name a group of servers, in one order: two groups may use one name. */
function listed(nodes: readonly Address[]): string {
  return nodes
    .map(({ host, port }) => `${host}:${port}`)
    .sort()
    .join(', ');
}

/** Options of every task of a queue that sets none itself. */
export function jobDefaults({ attempts, baseDelayMs }: QueueSettings): DefaultJobOptions {
  return { ...KEPT, attempts, backoff: { type: BACKOFF, delay: baseDelayMs } };
}

/** Makes the error of a use after the shutdown: a connection would keep the process alive. */
function endedError(name: string): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.CLIENT_CLOSED,
    message: `Queue "${name}" was closed by the shutdown. Use it before, or call initializeConfig() again.`,
    details: { pool: poolName(name) },
  });
}

/** Makes the error of connections that a proxy closes after a command that it does not know. */
function closedAtOnce(name: string): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: `Redis closes each connection of queue "${name}" at once. A proxy that does so refuses HELLO, CLIENT, INFO, EVAL, EVALSHA or BZPOPMIN: connect the queue to Redis itself.`,
    details: { pool: poolName(name) },
  });
}

/** Whether waiting cannot help, such as for a database that the server does not have. */
function isMisconfigured(error: unknown): boolean {
  return isBaseError(error) && error.code === ErrorCode.CONFIG_INVALID;
}

const warned = new WeakSet<QueueCore>();

/** Warns once if Redis may remove the keys of a queue when its memory is full. */
async function warnOfEviction(core: QueueCore, client: QueueClient): Promise<void> {
  if (warned.has(core)) return;
  const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1] ?? 'noeviction';
  if (policy === 'noeviction' || warned.has(core)) return;
  warned.add(core);
  core.log.warning('Redis may evict tasks of a queue: set its maxmemory-policy to noeviction', {
    queue: core.settings.name,
    maxmemory_policy: policy,
  });
}

/** The label `pool` of a queue's connection. */
export function poolName(queue: string): string {
  return `queue:${queue}`;
}
