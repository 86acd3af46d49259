import type { RedisClientOptions, RedisClientType } from 'redis';

/** The client of `redis` with its whole, typed command set. */
export type RedisClient = RedisClientType;

type Library = typeof import('redis');

let pattern: RedisClientType | undefined;

/**
 * Makes a client of one server, not connected yet.
 *
 * The library builds a class with its whole command set for every new set of options, which stops
 * the event loop for tens of milliseconds; copies of one client share its class.
 *
 * @param options - How to reach the server.
 */
export function makeClient(redis: Library, options: RedisClientOptions): RedisClient {
  // An AbortSignal per command would cost more than the command.
  const commandOptions = { timeout: 0 };
  pattern ??= redis.createClient({ commandOptions }) as unknown as RedisClientType;
  // What one connection is told to import is none of another's business.
  const own = { himportRegistry: undefined };
  return pattern.duplicate({ ...options, ...own, commandOptions } as never);
}
