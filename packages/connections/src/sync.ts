import { fstatSync, statSync } from 'node:fs';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { BaseError, ConnectionError, ErrorCode } from '@map/errors';
import { badArgument, closed, invalid } from './coded.ts';
import { commandTraits, isLifecycle } from './redis-commands.ts';
import type { RedisClient } from './redis-driver.ts';
import { namespaces } from './redis-guard.ts';
import { type RedisOptions, redisLimits, redisTarget } from './redis-settings.ts';
import { record } from './redis-transaction.ts';
import { reveal } from './secret.ts';
import type { Answer, Task } from './sync-worker.ts';

/** Every command of a client, answering at once instead of by a promise. */
export type SyncCommands = {
  [Command in keyof RedisClient as RedisClient[Command] extends (
    ...args: infer _Args
  ) => Promise<unknown>
    ? Command
    : never]: RedisClient[Command] extends (...args: infer Args) => Promise<infer Reply>
    ? (...args: Args) => Reply
    : never;
};

/** A transaction that is sent as one by `exec()`. */
export interface SyncTransaction {
  exec(): unknown[];
  // The commands of a transaction are known by name only.
  [command: string]: (...args: never[]) => unknown;
}

/** Redis for scripts: every command stops the thread until its answer is there. */
export type SyncRedis = SyncCommands & {
  /** Collects commands, to be sent as one. */
  multi(): SyncTransaction;
  /** Ends the thread that talks to Redis. */
  close(): void;
  [Symbol.dispose](): void;
};

/** How long the thread behind may take to start, on top of a command's own limit. */
const startMs = 10_000;

/** How often a call looks whether the thread behind is still alive. */
const lookMs = 50;

/** Lets a thread that runs this package's source find that of the others; it inherits it, if it can. */
const condition = '--conditions=@map/source';

/** What the shared memory holds: a bell that rings with every answer, and the life-line. */
const bellAt = 0;
const lifelineAt = 1;

/**
 * Gives Redis without promises, for scripts, command lines and start-up code. Every call stops the
 * event loop until it is answered, so it has no place in a server.
 *
 * @param options - How to reach Redis; `commandTimeoutMs` bounds every call. A password must be a
 * string or a secret, not a function.
 * @returns A client to be closed after use, for `using`.
 * @throws BaseError `CONFIG_INVALID_3002` for a setting that cannot be used.
 *
 * @example
 * import { openSyncRedis } from '@map/connections/sync';
 *
 * using redis = openSyncRedis({ url: process.env.REDIS_URL ?? 'redis://localhost:6379/0' });
 * redis.set('key', 'value');
 * console.log(redis.get('key'));
 */
export function openSyncRedis(options: RedisOptions = {}): SyncRedis {
  const url = process.env['REDIS_URL'];
  const all = { ...(url ? { url } : {}), ...options };
  const { commandTimeoutMs } = redisLimits('sync', all);
  redisTarget('sync', all);
  const line = new Line(plain(all), commandTimeoutMs);
  const members: Record<string, unknown> = {
    multi: () => record(namespaces, (recording) => line.ask({ type: 'transaction', ...recording })),
    close: () => line.close(),
  };
  return new Proxy(members, {
    get(_target, member) {
      if (member === Symbol.dispose) return members['close'];
      if (typeof member !== 'string' || member === 'then') return undefined;
      members[member] ??= namespaces.has(member)
        ? namespace(line, member)
        : command(line, [member]);
      return members[member];
    },
  }) as unknown as SyncRedis;
}

/**
 * Runs work with a Redis without promises, and ends the thread behind it afterwards.
 *
 * @param work - Gets the client; must not be async.
 * @param options - How to reach Redis.
 * @returns What the work returns.
 */
export function redisConnectionSync<R>(
  work: (redis: SyncRedis) => R,
  options: RedisOptions = {},
): R {
  const redis = openSyncRedis(options);
  try {
    return work(redis);
  } finally {
    redis.close();
  }
}

function namespace(line: Line, name: string): object {
  return new Proxy(Object.create(null), {
    get: (_target, member) =>
      typeof member === 'string' && member !== 'then' ? command(line, [name, member]) : undefined,
  });
}

function command(line: Line, path: readonly string[]): (...args: unknown[]) => unknown {
  const member = path.at(-1) ?? '';
  return (...args) => {
    const raw = member === 'sendCommand' && Array.isArray(args[0]) ? String(args[0][0]) : member;
    const { blocking, stateful } = commandTraits(raw);
    const waits = /^xread/i.test(raw) && JSON.stringify(args).toUpperCase().includes('"BLOCK"');
    if (blocking || stateful || waits || isLifecycle(member) || member.endsWith('Iterator')) {
      throw badArgument(`${raw} is not for synchronous use: use the manager's acquireRedis().`, {
        operation: raw,
      });
    }
    return line.ask({ type: 'command', path, args });
  };
}

/** What can be sent to another thread. */
function plain(options: RedisOptions): RedisOptions {
  const { password, url, tls, sentinel } = options;
  if (typeof password === 'function') {
    throw invalid('The password for synchronous use is a function: give its text.');
  }
  return {
    ...options,
    ...(url !== undefined && { url: reveal(url) }),
    ...(password !== undefined && { password: reveal(password) }),
    ...(typeof tls === 'object' &&
      tls.key !== undefined && { tls: { ...tls, key: reveal(tls.key) } }),
    ...(sentinel?.password !== undefined && {
      sentinel: { ...sentinel, password: reveal(sentinel.password) },
    }),
  };
}

/** The line to the thread that talks to Redis; that is started anew when it does not answer. */
class Line {
  readonly #options: RedisOptions;
  readonly #timeoutMs: number;
  #thread: Thread | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: RedisOptions, timeoutMs: number) {
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  ask(question: Task['question']): unknown {
    if (this.#closed) throw closed('sync');
    // A script that never rests does not hear of a thread that ended between two calls.
    if (this.#thread?.isDead()) this.#stop();
    const isNew = this.#thread === undefined;
    this.#thread ??= new Thread(this.#options, (thread) => {
      if (this.#thread === thread) this.#stop();
    });
    this.#lastId += 1;
    // The thread has its own limit for the command; a little later it must be dead.
    const patience = this.#timeoutMs + 500 + (isNew ? startMs : 0);
    const answer = this.#thread.ask({ id: this.#lastId, question }, patience);
    if (answer === 'late' || answer === 'died') {
      this.#stop();
      throw answer === 'late' ? late(this.#timeoutMs) : died(question);
    }
    if ('error' in answer) throw BaseError.fromJSON(answer.error);
    return answer.value;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    this.#thread?.end();
    this.#thread = undefined;
  }
}

function late(timeoutMs: number): BaseError {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_TIMEOUT,
    message: `Redis for synchronous use did not answer within ${timeoutMs} ms; the next call starts anew.`,
    details: { timeout_ms: timeoutMs },
  });
}

function died(question: Task['question']): BaseError {
  const operation = question.type === 'command' ? question.path.join('.').toUpperCase() : 'MULTI';
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: `The thread behind Redis for synchronous use ended during ${operation}; it is not known whether that was carried out. The next call starts a new one.`,
    details: { pool: 'sync', operation },
    ...(commandTraits(operation).repeatable && { retryable: true }),
  });
}

/** A thread that talks to Redis, seen from the one that waits for it. */
class Thread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #shared: Int32Array = new Int32Array(new SharedArrayBuffer(8));
  readonly #file: number;

  constructor(options: RedisOptions, onEnd: (thread: Thread) => void) {
    const { port1, port2 } = new MessageChannel();
    const isSource = import.meta.url.endsWith('.ts');
    const script = new URL(`./sync-worker.${isSource ? 'ts' : 'js'}`, import.meta.url);
    this.#file = statSync(script).ino;
    this.#port = port1;
    this.#worker = new Worker(script, {
      workerData: { port: port2, shared: this.#shared, options },
      transferList: [port2],
      ...(isSource && !process.execArgv.includes(condition) && { execArgv: [condition] }),
    });
    // The call that is under way throws.
    this.#worker.on('error', () => {});
    this.#worker.on('exit', () => onEnd(this));
    this.#worker.unref();
    port1.unref();
  }

  ask(task: Task, timeoutMs: number): Answer | 'late' | 'died' {
    let rings = Atomics.load(this.#shared, bellAt);
    this.#send(task);
    const until = performance.now() + timeoutMs;
    for (;;) {
      const left = until - performance.now();
      const rang = Atomics.wait(this.#shared, bellAt, rings, Math.min(left, lookMs));
      rings = Atomics.load(this.#shared, bellAt);
      // Asked before the answer is looked for: it may have answered before it died.
      const isDead = rang === 'timed-out' && this.isDead();
      const answer = this.#receive(task.id);
      if (answer !== undefined) return answer;
      if (isDead) return 'died';
      if (left <= 0) return 'late';
    }
  }

  /**
   * Whether the thread has ended. No event says so while this one waits, and a thread that runs out
   * of memory says nothing at all; but Node closes the files that a thread has opened.
   */
  isDead(): boolean {
    const lifeline = Atomics.load(this.#shared, lifelineAt);
    if (lifeline === 0) return false;
    try {
      return fstatSync(lifeline).ino !== this.#file;
    } catch {
      return true;
    }
  }

  end(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #send(task: Task): void {
    try {
      this.#port.postMessage(task);
    } catch (error) {
      // The message of what was thrown may show the argument.
      throw badArgument('An argument cannot be sent to Redis: use text, numbers and bytes.', {
        cause: (error as Error).name,
      });
    }
  }

  #receive(id: number): Answer | undefined {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: Answer } | undefined;
      // An older answer belongs to a question that was given up.
      if (received === undefined || received.message.id === id) return received?.message;
    }
  }
}
