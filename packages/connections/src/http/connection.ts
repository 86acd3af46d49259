import { APIError, type BaseError, ErrorCode, RetryBudget } from '@map/errors/core';
import { DeadlineQueue, MAX_TIMER_MS } from '@map/redaction/kernel';
import type { CloseCounts, Connection, ConnectionStats } from '../core/connection.ts';
import type { Opened } from '../core/driver.ts';
import { configError } from '../core/errors.ts';
import type { Report } from '../core/observer.ts';
import type { Operation } from '../core/operation.ts';
import type { Bounds, Scope } from '../core/scope.ts';
import type { CallRecord } from '../fetch/call/call-owner.ts';
import { FetchClient } from '../fetch/client.ts';
import type { ManagedFetch } from '../fetch/request/limits.ts';
import { fetchSettings } from '../fetch/settings.ts';
import { SharedConnection } from '../shared/shared-connection.ts';
import type { AgentSettings, Agents, Egress } from './agents.ts';
import type { ClientFactory, HttpClient, HttpOwner } from './client.ts';
import { proxiesOf } from './proxy.ts';
import { type HttpLimits, type HttpOptions, httpLimits } from './settings.ts';
import { traceHeadersFor } from './trace-headers.ts';

/** The parts that open on first use. */
interface HttpParts {
  readonly agents: Agents;
  readonly clientFor: ClientFactory;
}

/** One named HTTP client: shared agents, deadlines, retries, coded errors. */
export class HttpConnection implements Connection {
  readonly kind: string = 'http';
  readonly #name: string;
  readonly #options: HttpOptions;
  readonly #limits: HttpLimits;
  readonly #shared: SharedConnection<HttpParts>;
  readonly #fetch: FetchClient;
  readonly #egress: Egress | undefined;
  #parts: HttpParts | undefined;
  #client: HttpClient | undefined;

  constructor(
    name: string,
    options: HttpOptions,
    report: Report,
    traceHeaders: (() => Record<string, string>) | undefined,
  ) {
    this.#name = name;
    this.#options = options;
    this.#limits = httpLimits(name, options);
    const settings = fetchSettings(`HTTP client "${name}"`, options);
    const proxies = proxiesOf(name, options);
    if (!settings.guard.isOpen && (proxies.http ?? proxies.https) !== undefined) {
      throw configError(
        `\`proxy\` of HTTP client "${name}" must be omitted with \`egress\` or \`egressDeny\`: a proxy resolves names itself, so addresses cannot be checked.`,
        { option: 'proxy' },
      );
    }
    this.#egress = settings.guard.isOpen ? undefined : { guard: settings.guard, pool: name };
    const budget = new RetryBudget();
    const traced = traceHeadersFor(settings.origin, traceHeaders);
    const owner: HttpOwner = {
      name,
      origin: settings.origin,
      limits: this.#limits,
      headers: options.headers,
      traceHeaders: traced,
      budget,
      forwardingProxy: proxies.http,
      begin: (operation, repeatable, scope) => this.#begin(operation, repeatable, scope),
    };
    this.#shared = new SharedConnection<HttpParts>(
      {
        open: async () => {
          // The imports take 70 ms, so they wait for the first use.
          const [{ default: got }, { makeAgents }, { clientFactory }] = await Promise.all([
            import('got'),
            import('./agents.ts'),
            import('./client.ts'),
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
        origin: settings.origin,
        maxRetryDelayMs: 250,
        maxWaiting: Number.POSITIVE_INFINITY,
        retireGently: false,
      },
      report,
    );
    const { ca, headers = {} } = options;
    this.#fetch = new FetchClient({
      owner: {
        pool: name,
        origin: settings.origin,
        guard: settings.guard,
        deadlines: new DeadlineQueue(),
        connectTimeoutMs: this.#limits.connectTimeoutMs,
        headers,
        traceHeaders: traced,
        budget,
        begin: (operation, stop) => this.#beginFetch(operation, stop),
        onRetry: ({ method: operation, attempt, delayMs, errorType }) =>
          report?.({
            type: 'retry',
            pool: name,
            kind: this.kind,
            operation,
            attempt,
            delayMs,
            errorType,
          }),
      },
      settings,
      sockets: {
        connectTimeoutMs: this.#limits.connectTimeoutMs,
        maxSocketsPerHost: this.#limits.maxSocketsPerHost,
        ca: ca === undefined ? undefined : ([ca].flat() as string[]),
        proxies,
      },
      limits: {
        ...this.#limits,
        firstByteTimeoutMs: settings.firstByteTimeoutMs,
        idleTimeoutMs: settings.idleTimeoutMs,
        connectTimeoutMs: undefined,
        timeoutMs: options.timeoutMs,
      },
      onCircuit: (server, state) =>
        report?.({ type: 'circuit', pool: name, kind: this.kind, server, state }),
    });
  }

  /** The `fetch` of this connection; it may be kept. */
  get fetch(): ManagedFetch {
    return this.#fetch.fetch;
  }

  /** Loads the libraries of the first `fetch` call. */
  async warmUpFetch(): Promise<void> {
    await this.#fetch.warmUp();
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
    const stats = this.#shared.stats();
    const { open, inUse, waiting } = this.#fetch.counts();
    return {
      ...stats,
      // `fetch` has its own sockets, which open without the client of got.
      state: stats.state === 'idle' && this.#fetch.isLoaded ? 'open' : stats.state,
      open: busy + this.#count('freeSockets') + open,
      inUse: busy + inUse,
      waiting: this.#count('requests') + waiting,
    };
  }

  async check({ signal, timeoutMs }: Bounds): Promise<void> {
    const { healthUrl } = this.#options;
    if (healthUrl === undefined || this.#fetch.isLoaded) {
      // Without a URL nothing is requested, but a closed client is not healthy.
      await this.#shared.use({ signal, timeoutMs }, async () => await this.#check(timeoutMs));
      return;
    }
    await this.use((http) => http.get(healthUrl), { signal, timeoutMs });
  }

  /** A problem that does not fail the check. */
  warning(): string | undefined {
    const open = this.#fetch.openCircuits;
    return open.length === 0 ? undefined : `The circuit of ${open.join(', ')} is open.`;
  }

  async close(timeoutMs: number): Promise<CloseCounts> {
    const counts = await this.#shared.close(timeoutMs);
    await this.#fetch.destroy();
    return counts;
  }

  async #check(timeoutMs: number | undefined): Promise<void> {
    const { healthUrl } = this.#options;
    if (healthUrl === undefined) return;
    const limits = timeoutMs === undefined ? {} : { timeoutMs };
    const response = await this.#fetch.fetch(healthUrl, { limits });
    await response.body?.cancel();
    if (!response.ok) {
      throw new APIError({
        code: ErrorCode.UPSTREAM_ERROR,
        message: `${this.#name} responded to \`healthUrl\` with ${response.status}.`,
        details: { status_code: response.status },
      });
    }
  }

  /** A call of `fetch` keeps its own deadlines, so that of its operation is as late as can be. */
  #beginFetch(name: string, stop: (error: BaseError) => void): CallRecord {
    const operation = this.#shared.begin(name, MAX_TIMER_MS, undefined, false);
    if (operation.error !== undefined) throw operation.error;
    operation.sentOver = anywhere;
    // A function that is written straight to the property would live until a full garbage
    // collection, and with it the whole call: a third of what it allocates.
    const onSettled = (error: BaseError | undefined): void => {
      if (error !== undefined) stop(error);
    };
    operation.onSettled = onSettled;
    return operation;
  }

  async #open(bounds: Bounds, scope?: Scope): Promise<HttpParts> {
    this.#parts = await this.#shared.ready(bounds, scope);
    return this.#parts;
  }

  #begin(name: string, repeatable: boolean, scope: Scope | undefined): Operation {
    const operation = this.#shared.begin(name, this.#limits.timeoutMs, scope, repeatable);
    // A late request does not mean that the agents are broken, so they are kept.
    operation.sentOver = anywhere;
    return operation;
  }

  #agentSettings(): AgentSettings {
    const { ca } = this.#options;
    return {
      egress: this.#egress,
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
