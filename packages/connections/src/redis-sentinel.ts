import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError, ErrorCode } from '@map/errors/core';
import { invalid } from './coded.ts';
import { endWith } from './redis-abort.ts';
import { makeClient, type RedisClient } from './redis-client.ts';
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

/** Opens a client of the server at an address; ends it, at any time, when the signal aborts. */
export type OpenAt = (address: Address, signal: AbortSignal) => Promise<RedisClient>;

type Library = typeof import('redis');

/** How often a sentinel is asked again while no server that was named has answered. */
const askAgainMs = 100;

/** How long sentinels that have not answered are waited for once a server that was named is none. */
const graceMs = 100;

/**
 * Asks all sentinels where the primary is, tries every server that one of them names, and gives
 * the first that proves to be the primary: during a failover some of them still name the old one,
 * which may refuse connections or swallow them.
 *
 * @param timeoutMs - Limit for connecting to a sentinel, in milliseconds.
 * @param signal - Gives the search up.
 * @param openAt - Opens a client; rejects when its server is no primary.
 * @throws BaseError `CONFIG_INVALID_3002` when the sentinels do not know the name.
 * @see https://redis.io/docs/latest/develop/reference/sentinel-clients/
 */
export async function openPrimary(
  redis: Library,
  options: SentinelOptions,
  timeoutMs: number,
  signal: AbortSignal,
  openAt: OpenAt,
): Promise<RedisClient> {
  const search = new Search(options.nodes.length, signal, openAt);
  for (const node of options.nodes) {
    const sentinel = makeSentinel(redis, node, options, timeoutMs);
    endWith(search.signal, sentinel);
    void search.follow(sentinel, options.primary);
  }
  try {
    return await search.found;
  } finally {
    search.end();
  }
}

/** One search for the primary, over several sentinels and the servers that they name. */
class Search {
  readonly found: Promise<RedisClient>;
  /** Aborts when the search is over, one way or the other. */
  readonly signal: AbortSignal;
  readonly #given: AbortSignal;
  readonly #openAt: OpenAt;
  readonly #over: AbortController = new AbortController();
  readonly #candidates: Map<string, AbortController> = new Map();
  #unanswered: number;
  #openings = 0;
  /** Why a server that was named is not the primary; says more than a sentinel's silence. */
  #refusal: unknown;
  #silence: unknown;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #resolve: (client: RedisClient) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(sentinels: number, given: AbortSignal, openAt: OpenAt) {
    this.#unanswered = sentinels;
    this.#given = given;
    this.#openAt = openAt;
    this.signal = AbortSignal.any([given, this.#over.signal]);
    this.found = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Asks a sentinel until the search is over: it may change its mind while an opening hangs. */
  async follow(sentinel: RedisClient, primary: string): Promise<void> {
    let isAnswered = false;
    const answered = (): void => {
      if (!isAnswered) this.#unanswered -= 1;
      isAnswered = true;
    };
    try {
      await sentinel.connect();
      for (;;) {
        const address = await askSentinel(sentinel, primary);
        answered();
        this.#consider(address);
        await sleep(askAgainMs, undefined, { signal: this.signal });
      }
    } catch (error) {
      answered();
      this.#silence ??= error;
      this.#failIfDone();
    } finally {
      sentinel.destroy();
    }
  }

  /** Ends everything but the client that was found. */
  end(): void {
    clearTimeout(this.#grace);
    this.#over.abort();
    for (const candidate of this.#candidates.values()) candidate.abort();
  }

  #consider(address: Address): void {
    const key = `${address.host}:${address.port}`;
    if (this.signal.aborted || this.#candidates.has(key)) return;
    const candidate = new AbortController();
    this.#candidates.set(key, candidate);
    this.#openings += 1;
    this.#openAt(address, AbortSignal.any([this.#given, candidate.signal])).then(
      (client) => {
        if (this.signal.aborted) return client.destroy();
        this.#candidates.delete(key);
        this.#over.abort();
        this.#resolve(client);
      },
      (error: unknown) => {
        this.#openings -= 1;
        this.#refusal ??= error;
        this.#grace ??= setTimeout(() => {
          this.#unanswered = 0;
          this.#failIfDone();
        }, graceMs);
        this.#failIfDone();
      },
    );
  }

  #failIfDone(): void {
    if (this.#openings === 0 && this.#unanswered <= 0) this.#reject(this.#refusal ?? this.#silence);
  }
}

function makeSentinel(
  redis: Library,
  node: Address,
  { username, password }: SentinelOptions,
  timeoutMs: number,
): RedisClient {
  const { host, port } = node;
  const sentinel = makeClient(redis, {
    socket: { host, port, connectTimeout: timeoutMs, reconnectStrategy: false },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: reveal(password) }),
  });
  // Every failure also rejects the promise that is awaited.
  sentinel.on('error', () => {});
  return sentinel;
}

async function askSentinel(sentinel: RedisClient, primary: string): Promise<Address> {
  const answer = await sentinel.sendCommand<[string, string] | null>([
    ...['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary],
  ]);
  if (answer !== null) return { host: answer[0], port: Number(answer[1]) };
  throw invalid(`The sentinels do not know a primary named "${primary}".`, { primary });
}

/**
 * Makes sure that a server is a primary: sentinels may not know yet that it has been replaced.
 *
 * @throws BaseError `REDIS_UNAVAILABLE_9101` when it is not.
 */
export async function requirePrimary(client: RedisClient): Promise<void> {
  const role = (await client.role())?.role ?? 'stranger';
  if (role === 'master') return;
  throw new ConnectionError({
    code: ErrorCode.REDIS_UNAVAILABLE,
    message: `The server that the sentinels name is a ${role}; a failover may be under way.`,
    details: { role },
  });
}
