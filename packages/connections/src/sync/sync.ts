import { reveal } from '@map/redaction';
import { checkFunction } from '../core/check-options.ts';
import { argumentError, configError } from '../core/errors.ts';
import type { RedisClient } from '../redis/client.ts';
import { commandTraits, isLifecycle } from '../redis/commands.ts';
import { moduleNamespaces } from '../redis/route.ts';
import { type RedisOptions, redisLimits } from '../redis/settings.ts';
import { redisTarget } from '../redis/target.ts';
import { record } from '../redis/transaction.ts';
import { Line } from './line.ts';
import { workerFile } from './worker-file.ts';

/** Every command of a client, returning its reply instead of a promise. */
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

/** Redis for scripts: every command blocks the thread until its reply is there. */
export type SyncRedis = SyncCommands & {
  /** Collects commands that are sent as one. */
  multi(): SyncTransaction;
  /** Ends the worker thread. */
  close(): void;
  [Symbol.dispose](): void;
};

/** How to reach Redis synchronously. */
export interface SyncRedisOptions extends RedisOptions {
  /**
   * The file that the worker thread runs, in a bundled application: the entry
   * `@map/connections/sync-worker`, built separately. Found by itself otherwise.
   */
  readonly worker?: string | URL;
}

/**
 * Opens Redis without promises, for scripts, command lines and start-up code. Every call blocks the
 * event loop until its reply is there, so it has no place in a server.
 *
 * @param options - How to reach Redis; `commandTimeoutMs` bounds every call. A password must be a
 * string or a secret, not a function.
 * @returns A client to be closed after use, for `using`.
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 *
 * @example
 * ```ts
 * import { openSyncRedis } from '@map/connections/sync';
 *
 * const redis = openSyncRedis({ url: process.env.REDIS_URL ?? 'redis://localhost:6379/0' });
 * redis.set('key', 'value');
 * console.log(redis.get('key'));
 * redis.close();
 * ```
 */
export function openSyncRedis(options: SyncRedisOptions = {}): SyncRedis {
  // A caller without types may pass null.
  const { worker, ...given } = options ?? {};
  const url = process.env['REDIS_URL']?.trim();
  const all: RedisOptions = { ...(url ? { url } : {}), ...given };
  const { commandTimeoutMs } = redisLimits('sync', all);
  redisTarget('sync', all);
  const line = new Line(workerFile(worker), sendable(all), commandTimeoutMs);
  const members: Record<string, unknown> = {
    multi: () =>
      record(moduleNamespaces, (recording) => line.ask({ type: 'transaction', ...recording })),
    close: () => line.close(),
  };
  return new Proxy(members, {
    get(_target, member) {
      if (member === Symbol.dispose) return members['close'];
      if (typeof member !== 'string' || member === 'then') return undefined;
      members[member] ??= moduleNamespaces.has(member)
        ? namespace(line, member)
        : command(line, [member]);
      return members[member];
    },
  }) as unknown as SyncRedis;
}

/**
 * Runs work with Redis without promises, and ends the worker thread afterwards.
 *
 * @param work - Receives the client; must not be async.
 * @param options - How to reach Redis.
 * @returns What the work returns.
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 *
 * @example
 * ```ts
 * import { redisConnectionSync } from '@map/connections/sync';
 *
 * const url = process.env.REDIS_URL ?? 'redis://localhost:6379/0';
 * console.log(redisConnectionSync((redis) => redis.incr('runs'), { url }));
 * ```
 */
export function redisConnectionSync<R>(
  work: (redis: SyncRedis) => R,
  options: SyncRedisOptions = {},
): R {
  checkFunction('work', work);
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
      throw argumentError(
        `${raw} is not available synchronously. Use the manager's acquireRedis().`,
        {
          operation: raw,
        },
      );
    }
    return line.ask({ type: 'command', path, args });
  };
}

const unsendable = [
  'modules',
  'scripts',
  'functions',
  'clientSideCache',
  'nodeAddressMap',
] as const;

/** The options as the worker thread can receive them. */
function sendable(options: RedisOptions): RedisOptions {
  const { password, sentinel, tls, url } = options;
  if (typeof password === 'function') {
    throw configError(
      'Synchronous Redis needs `password` as a string; it cannot call a function in the worker thread.',
    );
  }
  for (const option of unsendable) {
    if (options[option] === undefined) continue;
    throw configError(`\`${option}\` is not available for synchronous Redis.`, { option });
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
