import { ConnectionError, ErrorCode } from '@map/errors';
import type { RedisClientType } from 'redis';
import { invalid } from './coded.ts';
import { endWith } from './redis-abort.ts';
import type { Address } from './redis-settings.ts';
import { reveal, type SecretLike } from './secret.ts';

/** The sentinels of a primary. */
export interface SentinelOptions {
  /** Name that the sentinels know the primary by. */
  readonly primary: string;
  readonly nodes: readonly Address[];
  readonly username?: string;
  readonly password?: SecretLike;
}

type Library = typeof import('redis');

/**
 * Asks the sentinels where the primary is; the first answer counts.
 *
 * @param timeoutMs - Limit for each sentinel, in milliseconds.
 * @param signal - Gives the question up.
 * @throws BaseError `CONFIG_INVALID_3002` when the sentinels do not know the name.
 * @see https://redis.io/docs/latest/develop/reference/sentinel-clients/
 */
export async function findPrimary(
  redis: Library,
  options: SentinelOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Address> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.any(
      options.nodes.map((node) => askSentinel(redis, node, options, timeoutMs, either)),
    );
  } catch (error) {
    const [first] = error instanceof AggregateError ? error.errors : [error];
    throw first;
  } finally {
    over.abort();
  }
}

async function askSentinel(
  redis: Library,
  node: Address,
  { primary, username, password }: SentinelOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Address> {
  const client = redis.createClient({
    socket: {
      host: node.host,
      port: node.port,
      connectTimeout: timeoutMs,
      reconnectStrategy: false,
    },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: reveal(password) }),
    commandOptions: { timeout: 0 },
  });
  // Every failure also rejects the promise that is awaited here.
  client.on('error', () => {});
  endWith(signal, client);
  try {
    await client.connect();
    const answer = await client.sendCommand<[string, string] | null>([
      ...['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary],
    ]);
    if (answer !== null) return { host: answer[0], port: Number(answer[1]) };
  } finally {
    client.destroy();
  }
  throw invalid(`The sentinels do not know a primary named "${primary}".`, { primary });
}

/**
 * Makes sure that a server is a primary: sentinels may not know yet that it has been replaced.
 *
 * @throws BaseError `REDIS_UNAVAILABLE_9101` when it is not.
 */
export async function requirePrimary(client: RedisClientType): Promise<void> {
  const role = (await client.role())?.role ?? 'stranger';
  if (role === 'master') return;
  throw new ConnectionError({
    code: ErrorCode.REDIS_UNAVAILABLE,
    message: `The server that the sentinels name is a ${role}; a failover may be under way.`,
    details: { role },
  });
}
