import type { BaseError } from '@map/errors/core';
import type { DeadlineQueue } from '../core/deadline-queue.ts';
import type { CallOwner, CallRecord, Repetition } from './call/call-owner.ts';
import { makeFetch } from './call/fetch.ts';
import type { Transport } from './call/transport.ts';
import { closedError } from './errors/errors.ts';
import type { CallLimits, ManagedFetch } from './request/limits.ts';
import type { CircuitState } from './retry/circuits.ts';
import type { FetchSettings } from './settings.ts';
import type { SocketCounts, SocketSettings } from './wire/dispatchers.ts';

/** The state that `fetch` shares with its connection. */
export interface FetchContext {
  readonly pool: string;
  readonly settings: FetchSettings;
  readonly sockets: Omit<SocketSettings, keyof FetchSettings | 'pool'>;
  readonly limits: CallLimits;
  readonly headers: Readonly<Record<string, string>>;
  readonly traceHeaders: (() => Record<string, string>) | undefined;
  readonly budget: CallOwner['budget'];
  readonly deadlines: DeadlineQueue;
  begin(operation: string, stop: (error: BaseError) => void): CallRecord;
  onRetry(repetition: Repetition): void;
  onCircuit(origin: string, state: CircuitState): void;
}

/** `fetch` over the sockets of one connection; undici is loaded on first use. */
export class FetchClient implements CallOwner {
  readonly fetch: ManagedFetch;
  readonly #context: FetchContext;
  #transport: Transport | Promise<Transport> | undefined;
  #loaded: Transport | undefined;
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

  begin(operation: string, stop: (error: BaseError) => void): CallRecord {
    return this.#context.begin(operation, stop);
  }

  onRetry(repetition: Repetition): void {
    this.#context.onRetry(repetition);
  }

  transport(): Transport | Promise<Transport> {
    this.#transport ??= this.#load();
    return this.#transport;
  }

  /** Loads the libraries of the first call; opens nothing. */
  async warmUp(): Promise<void> {
    await this.transport();
  }

  /** Whether it was used. */
  get isLoaded(): boolean {
    return this.#transport !== undefined;
  }

  counts(): SocketCounts {
    return this.#loaded?.dispatchers.counts() ?? { open: 0, inUse: 0, waiting: 0 };
  }

  /** The origin servers whose circuit is not closed. */
  get openCircuits(): readonly string[] {
    return this.#loaded?.circuits?.open ?? [];
  }

  /** Closes every socket; calls that are still in flight fail. */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    const transport = await Promise.resolve(this.#transport).catch(() => undefined);
    await transport?.dispatchers.destroy(closedError(this.pool));
  }

  async #load(): Promise<Transport> {
    const { pool, settings, sockets, onCircuit } = this.#context;
    // Not before: its class of responses extends Node's, which loads the undici inside Node.
    const { loadTransport } = await import('./call/transport.ts');
    const transport = await loadTransport(
      settings.circuit,
      { pool, ...settings, ...sockets },
      onCircuit,
    );
    if (this.#isDestroyed) throw closedError(pool);
    this.#loaded = transport;
    this.#transport = transport;
    return transport;
  }
}
