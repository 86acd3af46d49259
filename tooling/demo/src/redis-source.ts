import { ConnectionManager } from '@map/config/connections';
import { convertException, ErrorCode } from '@map/config/errors';
import { startRedis } from '@map-tooling/testing';

/** The Redis that a run uses. */
export interface RedisSource {
  readonly url: string;
  /** Says which one it is, without a password. */
  readonly description: string;
  /** Ends it where it is ours. */
  stop(): Promise<void>;
}

/** How long a Redis may take to answer before a private one is started. */
const PATIENCE_MS = 2000;

/**
 * Takes the Redis of a URL if one answers there, and starts a private one otherwise.
 * @throws Error that says what to install where there is no redis-server to be had.
 */
export async function findRedis(url: string): Promise<RedisSource> {
  const { host } = new URL(url);
  const failure = await whyNot(url);
  if (failure === undefined) {
    return { url, description: `the one at ${host}`, stop: async () => undefined };
  }
  const server = await startRedis();
  return {
    url: server.url,
    description:
      `a private one at ${server.host}:${server.port}, pid ${server.pid} ` +
      `(none at ${host}: ${failure})`,
    stop: () => server.stop(),
  };
}

/** Says by which code a Redis does not answer, or `undefined` when it does. */
async function whyNot(url: string): Promise<string | undefined> {
  const refused = new AbortController();
  const connections = new ConnectionManager({
    redis: { url, connectTimeoutMs: PATIENCE_MS, commandTimeoutMs: PATIENCE_MS },
    observer: {
      // One attempt is enough to know: the manager itself would try again until its deadline.
      observe: (event) => {
        if (event.type === 'open' && event.errorType) refused.abort(event.errorType);
      },
    },
  });
  try {
    await connections.redisConnection((redis) => redis.ping(), { signal: refused.signal });
    return undefined;
  } catch (error) {
    const { code } = convertException(error, { defaultCode: ErrorCode.REDIS_ERROR });
    return refused.signal.aborted ? String(refused.signal.reason) : code;
  } finally {
    await connections.closeAllConnections({ timeoutMs: PATIENCE_MS });
  }
}
