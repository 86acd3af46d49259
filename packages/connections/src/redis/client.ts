import type {
  RedisClientOptions,
  RedisClientType,
  RedisFunctions,
  RedisModules,
  RedisScripts,
} from '@redis/client';
import { loadLibrary } from '../core/library.ts';
import type { Handshake } from './handshake.ts';

/** The client of node-redis with its whole, typed command set. */
export type RedisClient = RedisClientType;

/** A client, or a part of one, whose members are looked up by name. */
export type Members = Record<string, (...args: unknown[]) => unknown>;

/** The library. */
export type Redis = typeof import('@redis/client');

/** The options that determine the methods of a client and the types of its replies. */
export interface ClientShape extends Handshake {
  readonly modules?: RedisModules | undefined;
  readonly scripts?: RedisScripts | undefined;
  readonly functions?: RedisFunctions | undefined;
}

/**
 * Loads the library; its import takes 100 ms, so it waits for the first use. `redis` itself would
 * also load the commands of every module of Redis, which are 170 files more.
 */
export function loadRedis(): Promise<Redis> {
  return loadLibrary('@redis/client', () => import('@redis/client'));
}

// An AbortSignal per command would cost more than the command.
const commandOptions = { timeout: 0 };

/** Makes clients of one server, not connected yet. */
export type ClientFactory = (options: RedisClientOptions) => RedisClient;

const plainFactories = new Map<number, ClientFactory>();

/**
 * Makes the clients of one shape.
 *
 * The library builds a class with its whole command set whenever the options differ from those of
 * the call before (`single-entry-cache.js` of @redis/client), which blocks the event loop for tens
 * of milliseconds. Duplicates of one client share its class.
 */
export function clientFactory(redis: Redis, shape: ClientShape): ClientFactory {
  const { functions, modules, RESP = 3, scripts } = shape;
  const isPlain = scripts === undefined && functions === undefined && modules === undefined;
  const known = isPlain ? plainFactories.get(RESP) : undefined;
  if (known !== undefined) return known;
  const pattern = redis.createClient({
    // 3 is the default; given explicitly it also asks for notifications of Redis Enterprise.
    ...(RESP === 2 && { RESP }),
    commandOptions,
    ...(modules !== undefined && { modules }),
    ...(scripts !== undefined && { scripts }),
    ...(functions !== undefined && { functions }),
  });
  const factory: ClientFactory = (options) =>
    pattern.duplicate({
      ...options,
      commandOptions,
      // Duplicates share their registrations otherwise, and one connection's are not another's.
      himportRegistry: undefined,
    } as never) as unknown as RedisClient;
  if (isPlain) plainFactories.set(RESP, factory);
  return factory;
}
