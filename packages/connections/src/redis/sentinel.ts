import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError, ErrorCode } from '@map/errors/core';
import { reveal } from '@map/redaction';
import { configError } from '../core/errors.ts';
import { destroyOnAbort } from './abort.ts';
import type { ClientFactory, RedisClient } from './client.ts';
import type { Address, SentinelOptions } from './settings.ts';

/** Opens a client of the server at an address; the signal destroys it, at any time. */
export type OpenAt = (address: Address, signal: AbortSignal) => Promise<RedisClient>;

/** Delay before a sentinel is queried again while none of its servers could be opened. */
const askAgainMs = 100;

/** How long to wait for the other sentinels once a server that was named is not the primary. */
const graceMs = 100;

/**
 * Asks all sentinels where the primary is, tries every server that one of them names, and resolves
 * with the first that proves to be the primary: during a failover some of them still name the old
 * one, which may refuse connections or never reply.
 *
 * @param make - Makes the clients of the sentinels.
 * @param timeoutMs - Limit for connecting to a sentinel, in milliseconds.
 * @param signal - Aborts the search.
 * @param openAt - Opens a client; rejects if its server is not a primary.
 * @throws BaseError `CONFIG_INVALID_3002` if the sentinels do not know the name.
 * @see https://redis.io/docs/latest/develop/reference/sentinel-clients/
 */
export async function openPrimary(
  make: ClientFactory,
  options: SentinelOptions,
  timeoutMs: number,
  signal: AbortSignal,
  openAt: OpenAt,
): Promise<RedisClient> {
  const search = new Search(options.nodes.length, signal, openAt);
  for (const node of options.nodes) {
    const sentinel = makeSentinel(make, node, options, timeoutMs);
    destroyOnAbort(search.signal, sentinel);
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
  /** Aborts when the search has ended, with or without a result. */
  readonly signal: AbortSignal;
  readonly #given: AbortSignal;
  readonly #openAt: OpenAt;
  readonly #over: AbortController = new AbortController();
  readonly #candidates: Map<string, AbortController> = new Map();
  #unreplied: number;
  #openings = 0;
  /** Why a server that was named is not the primary; more specific than a sentinel's silence. */
  #refusal: unknown;
  #silence: unknown;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #resolve: (client: RedisClient) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(sentinels: number, given: AbortSignal, openAt: OpenAt) {
    this.#unreplied = sentinels;
    this.#given = given;
    this.#openAt = openAt;
    this.signal = AbortSignal.any([given, this.#over.signal]);
    this.found = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Asks a sentinel until the search has ended: its reply may change while an attempt hangs. */
  async follow(sentinel: RedisClient, primary: string): Promise<void> {
    let hasReplied = false;
    const replied = (): void => {
      if (!hasReplied) this.#unreplied -= 1;
      hasReplied = true;
    };
    try {
      await sentinel.connect();
      for (;;) {
        const address = await askSentinel(sentinel, primary);
        replied();
        this.#consider(address);
        await sleep(askAgainMs, undefined, { signal: this.signal });
      }
    } catch (error) {
      replied();
      this.#silence ??= error;
      this.#failIfDone();
    } finally {
      sentinel.destroy();
    }
  }

  /** Ends everything except the client that was found. */
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
          this.#unreplied = 0;
          this.#failIfDone();
        }, graceMs);
        this.#failIfDone();
      },
    );
  }

  #failIfDone(): void {
    if (this.#openings === 0 && this.#unreplied <= 0) this.#reject(this.#refusal ?? this.#silence);
  }
}

function makeSentinel(
  make: ClientFactory,
  node: Address,
  { username, password }: SentinelOptions,
  timeoutMs: number,
): RedisClient {
  const { host, port } = node;
  const sentinel = make({
    socket: { host, port, connectTimeout: timeoutMs, reconnectStrategy: false },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: reveal(password) }),
  });
  // Every failure also rejects the promise that is awaited.
  sentinel.on('error', () => {});
  return sentinel;
}

async function askSentinel(sentinel: RedisClient, primary: string): Promise<Address> {
  const reply = await sentinel.sendCommand<[string, string] | null>([
    ...['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary],
  ]);
  if (reply !== null) return { host: reply[0], port: Number(reply[1]) };
  throw configError(`The sentinels do not know a primary named "${primary}".`, { primary });
}

/**
 * Makes sure that a server is a primary: sentinels may not know yet that it has been replaced.
 *
 * @throws BaseError `REDIS_UNAVAILABLE_9101` if it is not.
 */
export async function requirePrimary(client: RedisClient): Promise<void> {
  const role = (await client.role())?.role ?? 'server without a role';
  if (role === 'master') return;
  throw new ConnectionError({
    code: ErrorCode.REDIS_UNAVAILABLE,
    message: `The server named by the sentinels is a ${role}. A failover may be in progress.`,
    details: { role },
  });
}
