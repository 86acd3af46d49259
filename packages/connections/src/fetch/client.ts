import type { BaseError } from '@map/errors/core';
import type { DeadlineQueue } from '../deadline.ts';
import { Dispatchers, type SocketCounts, type SocketSettings } from './dispatchers.ts';
import { closedError, loadFetchConversion } from './errors.ts';
import { makeFetch } from './fetch.ts';
import type { CallOwner, CallRecord, Repetition } from './fetch-call.ts';
import type { CallLimits, ManagedFetch } from './limits.ts';
import type { FetchSettings } from './settings.ts';

/** What `fetch` shares with the connection that it belongs to. */
export interface FetchContext {
  readonly pool: string;
  readonly settings: FetchSettings;
  readonly sockets: Omit<SocketSettings, keyof FetchSettings | 'pool'>;
  readonly limits: CallLimits;
  readonly headers: Readonly<Record<string, string>>;
  readonly traceHeaders: (() => Record<string, string>) | undefined;
  readonly budget: CallOwner['budget'];
  readonly deadlines: DeadlineQueue;
  isPrivateHeader(name: string): boolean;
  begin(operation: string, stop: (error: BaseError) => void): CallRecord;
  onRetry(repetition: Repetition): void;
}

/** `fetch` over the sockets of one connection; undici is loaded on first use. */
export class FetchClient implements CallOwner {
  readonly fetch: ManagedFetch;
  readonly #context: FetchContext;
  #dispatchers: Dispatchers | Promise<Dispatchers> | undefined;
  #isDestroyed = false;

  constructor(context: FetchContext) {
    this.#context = context;
    this.fetch = makeFetch(this, context.limits);
  }

  get pool(): string {
    return this.#context.pool;
  }

  get origin(): CallOwner['origin'] {
    return this.#context.settings.origin;
  }

  get guard(): CallOwner['guard'] {
    return this.#context.settings.guard;
  }

  get deadlines(): DeadlineQueue {
    return this.#context.deadlines;
  }

  get connectTimeoutMs(): number {
    return this.#context.sockets.connectTimeoutMs;
  }

  get headers(): CallOwner['headers'] {
    return this.#context.headers;
  }

  get traceHeaders(): CallOwner['traceHeaders'] {
    return this.#context.traceHeaders;
  }

  get budget(): CallOwner['budget'] {
    return this.#context.budget;
  }

  isPrivateHeader(name: string): boolean {
    return this.#context.isPrivateHeader(name);
  }

  begin(operation: string, stop: (error: BaseError) => void): CallRecord {
    return this.#context.begin(operation, stop);
  }

  onRetry(repetition: Repetition): void {
    this.#context.onRetry(repetition);
  }

  dispatchers(): Dispatchers | Promise<Dispatchers> {
    this.#dispatchers ??= this.#load();
    return this.#dispatchers;
  }

  counts(): SocketCounts {
    const dispatchers = this.#dispatchers;
    return dispatchers instanceof Dispatchers
      ? dispatchers.counts()
      : { open: 0, inUse: 0, waiting: 0 };
  }

  /** Closes every socket; calls that are still in flight fail. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    await (await this.#dispatchers)?.destroy(closedError(this.pool));
  }

  async #load(): Promise<Dispatchers> {
    const [undici] = await Promise.all([import('undici'), loadFetchConversion()]);
    if (this.#isDestroyed) throw closedError(this.pool);
    const { pool, settings, sockets } = this.#context;
    const dispatchers = new Dispatchers(undici, { pool, ...settings, ...sockets });
    this.#dispatchers = dispatchers;
    return dispatchers;
  }
}
