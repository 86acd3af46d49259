import type { CallOwner } from './call/call-owner.ts';
import { makeFetch } from './call/fetch.ts';
import type { Transport } from './call/transport.ts';
import { closedError } from './errors/errors.ts';
import type { CallLimits, ManagedFetch } from './request/limits.ts';
import type { CircuitState } from './retry/circuits.ts';
import type { FetchSettings } from './settings.ts';
import type { SocketCounts, SocketSettings } from './wire/dispatchers.ts';

/** The state that `fetch` shares with its connection. */
export interface FetchContext {
  /** The part of it that a call needs. */
  readonly owner: Omit<CallOwner, 'transport'>;
  readonly settings: FetchSettings;
  readonly sockets: Omit<SocketSettings, keyof FetchSettings | 'pool'>;
  readonly limits: CallLimits;
  onCircuit(origin: string, state: CircuitState): void;
}

/** `fetch` over the sockets of one connection; undici is loaded on first use. */
export class FetchClient {
  readonly fetch: ManagedFetch;
  readonly #context: FetchContext;
  #transport: Transport | Promise<Transport> | undefined;
  #loaded: Transport | undefined;
  #isDestroyed = false;

  constructor(context: FetchContext) {
    this.#context = context;
    const owner = { ...context.owner, transport: () => this.#ready() };
    this.fetch = makeFetch(owner, context.limits);
  }

  /** Loads the libraries of the first call; opens nothing. */
  async warmUp(): Promise<void> {
    await this.#ready();
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
    await transport?.dispatchers.destroy(closedError(this.#context.owner.pool));
  }

  #ready(): Transport | Promise<Transport> {
    this.#transport ??= this.#load();
    return this.#transport;
  }

  async #load(): Promise<Transport> {
    const { owner, settings, sockets, onCircuit } = this.#context;
    const { pool } = owner;
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
