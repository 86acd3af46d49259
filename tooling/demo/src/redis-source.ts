import { ConnectionManager } from '@map/config/connections';
import { convertException, ErrorCode } from '@map/config/errors';
import type { Settings } from '@map/config/settings';
import { startRedis } from '@map-tooling/testing';

/** The Redis that a run uses. */
export interface RedisSource {
  readonly url: string;
  /** Whether it was started for this run, so that no other setting of Redis is for it. */
  readonly isPrivate: boolean;
  /** Says which one it is, without a password. */
  readonly description: string;
  /** Ends it where it is ours. */
  stop(): Promise<void>;
}

/**
 * How long a Redis may take to answer before a private one is started. One that refuses is known at
 * once; a busy machine may keep one that is there waiting for seconds.
 */
const PATIENCE_MS = 10_000;

/**
 * Takes the Redis of the settings if one answers there, and starts a private one otherwise.
 * @throws Error that says what to install where there is no redis-server to be had.
 */
export async function findRedis(settings: Settings): Promise<RedisSource> {
  const url = settings.REDIS_URL;
  const { host } = new URL(url);
  const failure = await whyNot(settings);
  if (failure === undefined) {
    const stop = async (): Promise<void> => undefined;
    return { url, isPrivate: false, description: `the one at ${host}`, stop };
  }
  const server = await startRedis();
  return {
    url: server.url,
    isPrivate: true,
    description:
      `a private one at ${server.host}:${server.port}, pid ${server.pid} ` +
      `(none at ${host}: ${failure})`,
    stop: () => server.stop(),
  };
}

/** Says why a Redis cannot be used, or `undefined` when it can. */
async function whyNot(settings: Settings): Promise<string | undefined> {
  const { REDIS_URL, REDIS_MODE, REDIS_USERNAME, REDIS_PASSWORD } = settings;
  if (REDIS_MODE !== 'single') return `REDIS_MODE is ${REDIS_MODE}`;
  const refused = new AbortController();
  const connections = new ConnectionManager({
    redis: {
      url: REDIS_URL,
      connectTimeoutMs: PATIENCE_MS,
      commandTimeoutMs: PATIENCE_MS,
      ...(REDIS_USERNAME !== undefined && { username: REDIS_USERNAME }),
      ...(REDIS_PASSWORD?.isSet && { password: REDIS_PASSWORD }),
    },
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
