import type { Call } from './call.ts';
import { type HttpClient, type HttpOwner, type HttpParts, makeHttpParts } from './http-client.ts';
import { clientOf } from './http-sender.ts';
import { type HttpLimits, type HttpOptions, httpLimits, proxySettings } from './http-settings.ts';
import type { CloseCounts, ConnectionStats, Managed } from './managed.ts';
import type { ConnectionEvent } from './observer.ts';
import type { Opened } from './resource.ts';
import { RetryBudget } from './retry-budget.ts';
import type { Bounds, Scope } from './scope.ts';
import { SharedConnection } from './shared-connection.ts';

/** One named HTTP client: shared agents, deadlines, retries, coded errors. */
export class HttpConnection implements Managed {
  readonly kind: string = 'http';
  readonly #options: HttpOptions;
  readonly #limits: HttpLimits;
  readonly #shared: SharedConnection<HttpParts>;
  readonly #owner: HttpOwner;
  #parts: HttpParts | undefined;
  #client: HttpClient | undefined;

  constructor(
    name: string,
    options: HttpOptions,
    report: ((event: ConnectionEvent) => void) | undefined,
    traceHeaders: (() => Record<string, string>) | undefined,
  ) {
    this.#options = options;
    this.#limits = httpLimits(name, options);
    const proxies = proxySettings(name, options);
    this.#owner = {
      name,
      limits: this.#limits,
      headers: options.headers,
      traceHeaders,
      budget: new RetryBudget(),
      begin: (operation, repeatable, scope) => this.#begin(operation, repeatable, scope),
    };
    this.#shared = new SharedConnection<HttpParts>(
      {
        open: async () => {
          // Its import takes 70 ms, so it waits for the first use.
          const [{ default: got }, { makeAgents }] = await Promise.all([
            import('got'),
            import('./http-agents.ts'),
          ]);
          const agents = makeAgents(this.#agentOptions(), this.#limits.connectTimeoutMs, proxies);
          return makeHttpParts(got, agents, this.#owner);
        },
        destroy: ({ agents }) => {
          for (const agent of agents.all) agent.destroy();
        },
      },
      {
        name,
        kind: this.kind,
        connectTimeoutMs: 10_000,
        operationTimeoutMs: this.#limits.timeoutMs,
        maxRetryDelayMs: 250,
        maxWaiting: Number.POSITIVE_INFINITY,
        retireGently: false,
      },
      report,
    );
  }

  /** The client that everybody shares. */
  async get(bounds: Bounds): Promise<HttpClient> {
    if (this.#client === undefined || this.#shared.state !== 'open') {
      const parts = await this.#open(bounds);
      this.#client ??= clientOf(parts.sender, undefined, parts.whole);
    }
    return this.#client;
  }

  /** Runs work with a client of its own, whose requests end with it; a shutdown waits for it. */
  use<R>(work: (http: HttpClient) => PromiseLike<R> | R, bounds: Bounds): Promise<R> {
    return this.#shared.use(bounds, async (scope) => {
      const { sender, whole } = await this.#open(bounds, scope);
      return await work(clientOf(sender, scope, whole));
    });
  }

  stats(): ConnectionStats {
    const busy = this.#count('sockets');
    return {
      ...this.#shared.stats(),
      open: busy + this.#count('freeSockets'),
      inUse: busy,
      waiting: this.#count('requests'),
    };
  }

  async check(bounds: Bounds): Promise<void> {
    const { healthUrl } = this.#options;
    // Without a URL nothing is asked, but a client that has been closed is none.
    await this.use((http) => (healthUrl === undefined ? undefined : http.get(healthUrl)), bounds);
  }

  close(timeoutMs: number): Promise<CloseCounts> {
    return this.#shared.close(timeoutMs);
  }

  async #open(bounds: Bounds, scope?: Scope): Promise<HttpParts> {
    this.#parts = await this.#shared.ready(bounds, scope);
    return this.#parts;
  }

  #begin(operation: string, repeatable: boolean, scope: Scope | undefined): Call {
    const call = this.#shared.begin(operation, this.#limits.timeoutMs, scope, repeatable);
    // A request that is late says nothing against the agents, so nothing is replaced.
    call.sentOver = elsewhere;
    return call;
  }

  #agentOptions(): { keepAlive: true; ca?: string[] } & Record<string, unknown> {
    const { ca } = this.#options;
    return {
      keepAlive: true,
      maxSockets: this.#limits.maxSocketsPerHost,
      maxFreeSockets: this.#limits.maxFreeSocketsPerHost,
      ...(ca !== undefined && { ca: [ca].flat() as string[] }),
    };
  }

  #count(group: 'sockets' | 'freeSockets' | 'requests'): number {
    let count = 0;
    for (const agent of this.#parts?.agents.all ?? []) {
      for (const list of Object.values(agent[group] as Record<string, { destroyed?: boolean }[]>)) {
        // A socket that has ended stays in the list for another turn of the event loop.
        count += list.filter(({ destroyed }) => destroyed !== true).length;
      }
    }
    return count;
  }
}

/** Where requests are sent: no single connection that could be lost or replaced. */
const elsewhere: Opened<unknown> = {
  resource: undefined,
  dead: false,
  failed: false,
  onLost: undefined,
};
