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
  readonly #bell: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: RedisOptions, timeoutMs: number) {
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  ask(question: Task['question']): unknown {
    if (this.#closed) throw closed('sync');
    const isNew = this.#port === undefined;
    const port = this.#port ?? this.#start();
    this.#lastId += 1;
    const rings = Atomics.load(this.#bell, 0);
    port.postMessage({ id: this.#lastId, question } satisfies Task);
    // The thread has its own limit for the command; a little later it must be dead.
    const answer = this.#wait(port, rings, this.#timeoutMs + 500 + (isNew ? startMs : 0));
    if (answer === undefined) {
      this.#stop();
      throw new ConnectionError({
        code: ErrorCode.CONNECTION_TIMEOUT,
        message: `Redis for synchronous use did not answer within ${this.#timeoutMs} ms; the next call starts anew.`,
        details: { timeout_ms: this.#timeoutMs },
      });
    }
    if ('error' in answer) throw BaseError.fromJSON(answer.error);
    return answer.value;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #wait(port: MessagePort, before: number, timeoutMs: number): Answer | undefined {
    const until = performance.now() + timeoutMs;
    let rings = before;
    for (;;) {
      const left = until - performance.now();
      if (left <= 0 || Atomics.wait(this.#bell, 0, rings, left) === 'timed-out') return undefined;
      rings = Atomics.load(this.#bell, 0);
      for (;;) {
        const received = receiveMessageOnPort(port) as { message: Answer } | undefined;
        if (received === undefined) break;
        // An older answer belongs to a question that was given up.
        if (received.message.id === this.#lastId) return received.message;
      }
    }
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const isSource = import.meta.url.endsWith('.ts');
    const worker = new Worker(new URL(`./sync-worker.${isSource ? 'ts' : 'js'}`, import.meta.url), {
      workerData: { port: port2, bell: this.#bell, options: this.#options },
      transferList: [port2],
      ...(isSource && { execArgv: ['--conditions=@map/source'] }),
    });
    // A crash in the middle of a call shows as an answer that does not come.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#stop();
    });
    worker.unref();
    this.#worker = worker;
    port1.unref();
    this.#port = port1;
    return port1;
  }

  #stop(): void {
    this.#port?.close();
    this.#port = undefined;
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}
