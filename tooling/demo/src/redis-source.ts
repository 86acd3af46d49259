import { ConnectionManager, type ConnectionManagerOptions } from '@map/config/connections';
import { ConnectionError, convertException, ErrorCode } from '@map/config/errors';
import type { Settings } from '@map/config/settings';
import { startRedis } from '@map-tooling/testing';
import { KEY_PREFIX } from './keys.ts';

/** The Redis that a run uses. */
export interface RedisSource {
  readonly url: string;
  /** Whether the other settings of Redis, such as its password, are for it. */
  readonly fromSettings: boolean;
  /** Says which one it is, without a password. */
  readonly description: string;
  /** Ends it where it is ours. */
  stop(): Promise<void>;
}

/** Asks a person a question; absent if nobody can be asked. */
export type Ask = (question: string) => Promise<boolean>;

/**
 * How long a Redis may take to answer before it counts as absent. One that refuses is known at
 * once; a busy machine may keep one that is there waiting for seconds.
 */
const PATIENCE_MS = 10_000;

/**
 * Takes the Redis that was chosen. Without a choice, takes that of the settings if one answers there
 * and the person at the terminal agrees, and starts a private one otherwise.
 *
 * @param choice - an address, or `private`
 * @throws ConnectionError where the chosen one does not answer
 * @throws Error that says what to install where no Redis can be started
 */
export async function findRedis(
  settings: Settings,
  choice: string | undefined,
  ask: Ask | undefined,
): Promise<RedisSource> {
  if (choice === 'private') return startPrivate('--redis private');
  if (choice !== undefined) {
    const failure = await whyNot({ url: choice });
    if (failure === undefined) return existing(choice, false);
    const message = `No Redis answers at ${new URL(choice).host}: ${failure}. Start it, or use --redis private.`;
    throw new ConnectionError({ code: ErrorCode.REDIS_UNAVAILABLE, message });
  }
  if (ask === undefined) return startPrivate('--redis chooses another');
  const { REDIS_URL: url, REDIS_MODE, REDIS_USERNAME, REDIS_PASSWORD } = settings;
  const { host } = new URL(url);
  const failure =
    REDIS_MODE === 'single'
      ? await whyNot({
          url,
          ...(REDIS_USERNAME !== undefined && { username: REDIS_USERNAME }),
          ...(REDIS_PASSWORD?.isSet && { password: REDIS_PASSWORD }),
        })
      : `REDIS_MODE is ${REDIS_MODE}`;
  if (failure !== undefined) return startPrivate(`none at ${host}: ${failure}`);
  const isAgreed = await ask(
    `A Redis answers at ${host}. The demo would write its tasks and results there, in keys that\n` +
      `start with "${KEY_PREFIX}", and delete them at the end. Use it? [y/N] `,
  );
  return isAgreed ? existing(url, true) : startPrivate(`the one at ${host} is not used`);
}

function existing(url: string, fromSettings: boolean): RedisSource {
  const { host } = new URL(url);
  const stop = async (): Promise<void> => undefined;
  return { url, fromSettings, description: `the one at ${host}`, stop };
}

async function startPrivate(why: string): Promise<RedisSource> {
  const server = await startRedis();
  return {
    url: server.url,
    fromSettings: false,
    description: `a private one at ${server.host}:${server.port}, pid ${server.pid} (${why})`,
    stop: () => server.stop(),
  };
}

/** Says why a Redis cannot be used, or `undefined` when it can. */
async function whyNot(redis: ConnectionManagerOptions['redis']): Promise<string | undefined> {
  const refused = new AbortController();
  const connections = new ConnectionManager({
    redis: { ...redis, connectTimeoutMs: PATIENCE_MS, commandTimeoutMs: PATIENCE_MS },
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
