import type { CloseCounts, Connection, ConnectionStats } from '../core/connection.ts';
import type { Opened } from '../core/driver.ts';
import type { Report } from '../core/observer.ts';
import type { Operation } from '../core/operation.ts';
import type { Bounds, Scope } from '../core/scope.ts';
import { SharedConnection } from '../shared/shared-connection.ts';
import type { AgentSettings, Agents } from './agents.ts';
import { type ClientFactory, clientFactory, type HttpClient, type HttpOwner } from './client.ts';
import { proxiesOf } from './proxy.ts';
import { RetryBudget } from './retry-budget.ts';
import { type HttpLimits, type HttpOptions, httpLimits } from './settings.ts';

/** What is opened on first use. */
interface HttpParts {
  readonly agents: Agents;
  readonly clientFor: ClientFactory;
}

/** One named HTTP client: shared agents, deadlines, retries, coded errors. */
export class HttpConnection implements Connection {
  readonly kind: string = 'http';
  readonly #options: HttpOptions;
  readonly #limits: HttpLimits;
  readonly #shared: SharedConnection<HttpParts>;
  #parts: HttpParts | undefined;
  #client: HttpClient | undefined;

  constructor(
    name: string,
    options: HttpOptions,
    report: Report,
    traceHeaders: (() => Record<string, string>) | undefined,
  ) {
    this.#options = options;
    this.#limits = httpLimits(name, options);
    const proxies = proxiesOf(name, options);
    const owner: HttpOwner = {
      name,
      limits: this.#limits,
      headers: options.headers,
      traceHeaders,
      budget: new RetryBudget(),
      forwardingProxy: proxies.http,
      begin: (operation, repeatable, scope) => this.#begin(operation, repeatable, scope),
    };
    this.#shared = new SharedConnection<HttpParts>(
      {
        open: async () => {
          // The import takes 70 ms, so it waits for the first use.
          const [{ default: got }, { makeAgents }] = await Promise.all([
            import('got'),
            import('./agents.ts'),
          ]);
          const agents = makeAgents(this.#agentSettings(), this.#limits.connectTimeoutMs, proxies);
          return { agents, clientFor: clientFactory(got, agents, owner) };
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

  /** The shared client. */
  async get(bounds: Bounds): Promise<HttpClient> {
    if (this.#client === undefined || this.#shared.state !== 'open') {
      const { clientFor } = await this.#open(bounds);
      this.#client ??= clientFor(undefined);
    }
    return this.#client;
  }

  /** Runs work with its own client, whose requests end with it; a shutdown waits for it. */
  use<R>(work: (http: HttpClient) => PromiseLike<R> | R, bounds: Bounds): Promise<R> {
    return this.#shared.use(bounds, async (scope) => {
      const { clientFor } = await this.#open(bounds, scope);
      return await work(clientFor(scope));
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
    // Without a URL nothing is requested, but a closed client is not healthy.
    await this.use((http) => (healthUrl === undefined ? undefined : http.get(healthUrl)), bounds);
  }

  close(timeoutMs: number): Promise<CloseCounts> {
    return this.#shared.close(timeoutMs);
  }

  async #open(bounds: Bounds, scope?: Scope): Promise<HttpParts> {
    this.#parts = await this.#shared.ready(bounds, scope);
    return this.#parts;
  }

  #begin(name: string, repeatable: boolean, scope: Scope | undefined): Operation {
    const operation = this.#shared.begin(name, this.#limits.timeoutMs, scope, repeatable);
    // A request that is late says nothing about the agents, so nothing is replaced.
    operation.sentOver = anywhere;
    return operation;
  }

  #agentSettings(): AgentSettings {
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

/** Where requests are sent: not a single connection that could be lost or replaced. */
const anywhere: Opened<unknown> = {
  resource: undefined,
  dead: false,
  failed: false,
  onLost: undefined,
};
