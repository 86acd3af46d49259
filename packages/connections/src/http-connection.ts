import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Got } from 'got';
import { type Bounds, Calls, Scope } from './call.ts';
import { closed, coded, noReply } from './coded.ts';
import type { HttpOptions } from './http-settings.ts';
import type { ConnectionStats, Managed } from './managed.ts';
import type { ConnectionEvent } from './observer.ts';
import type { CloseCounts } from './shared-connection.ts';
import { checkInteger, checkMs } from './validate.ts';

/** The client of `got` with its whole interface. */
export type HttpClient = Got;

/** One named HTTP client: shared agents, deadlines, retries, coded errors. */
export class HttpConnection implements Managed {
  readonly kind: string = 'http';
  readonly #name: string;
  readonly #options: HttpOptions;
  readonly #calls: Calls;
  readonly #timeoutMs: number;
  readonly #traceHeaders: (() => Record<string, string>) | undefined;
  #client: Promise<HttpClient> | undefined;
  #agents: { http: HttpAgent; https: HttpsAgent } | undefined;
  #closing: Promise<CloseCounts> | undefined;
  readonly #ending: AbortController = new AbortController();

  constructor(
    name: string,
    options: HttpOptions,
    report: ((event: ConnectionEvent) => void) | undefined,
    traceHeaders: (() => Record<string, string>) | undefined,
  ) {
    this.#name = name;
    this.#options = options;
    this.#traceHeaders = traceHeaders;
    this.#timeoutMs = checkMs(`http client "${name}"`, 'timeoutMs', options.timeoutMs ?? 30_000);
    checkInteger(`http client "${name}"`, 'retries', options.retries ?? 2, 0);
    const timeout = (timeoutMs: number) =>
      noReply({ pool: name, kind: 'http', operation: 'Work' }, timeoutMs);
    this.#calls = new Calls(name, 'http', report, (call) => timeout(call.deadlineAt), timeout);
  }

  async get(): Promise<HttpClient> {
    if (this.#closing !== undefined) throw closed(this.#name);
    this.#client ??= this.#open();
    return await this.#client;
  }

  async use<R>(work: (http: HttpClient) => PromiseLike<R> | R, bounds: Bounds): Promise<R> {
    const client = await this.get();
    const scope = new Scope(this.#calls, bounds);
    try {
      return await scope.race(Promise.resolve(client).then(work));
    } finally {
      scope.release();
    }
  }

  stats(): ConnectionStats {
    const { counts, pending } = this.#calls;
    return {
      kind: this.kind,
      state: this.#closing !== undefined ? 'closed' : this.#agents ? 'open' : 'idle',
      open: sockets(this.#agents, 'sockets') + sockets(this.#agents, 'freeSockets'),
      inUse: sockets(this.#agents, 'sockets'),
      waiting: sockets(this.#agents, 'requests'),
      pending,
      opened: 0,
      closed: 0,
      ...counts,
      leaks: 0,
    };
  }

  async check(bounds: { timeoutMs: number }): Promise<void> {
    const { healthUrl } = this.#options;
    if (healthUrl === undefined) return;
    const client = await this.get();
    await client.get(healthUrl, { signal: AbortSignal.timeout(bounds.timeoutMs) });
  }

  close(timeoutMs: number): Promise<CloseCounts> {
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  async #close(timeoutMs: number): Promise<CloseCounts> {
    const under = this.#calls.pending;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#calls.onIdle = done;
      if (this.#calls.pending === 0) done();
    });
    const abandoned = this.#calls.pending;
    this.#ending.abort(closed(this.#name));
    this.#agents?.http.destroy();
    this.#agents?.https.destroy();
    this.#calls.deadlines.stop();
    return { completed: under - abandoned, abandoned };
  }

  async #open(): Promise<HttpClient> {
    const [{ default: got }, http, https] = await Promise.all([
      import('got'),
      import('node:http'),
      import('node:https'),
    ]);
    const settings = {
      keepAlive: true,
      maxSockets: this.#options.maxSocketsPerHost ?? 50,
      maxFreeSockets: this.#options.maxFreeSocketsPerHost ?? 10,
    };
    this.#agents = { http: new http.Agent(settings), https: new https.Agent(settings) };
    const place = { pool: this.#name, kind: 'http' };
    return got.extend({
      agent: this.#agents,
      timeout: { request: this.#timeoutMs, connect: this.#options.connectTimeoutMs ?? 5_000 },
      retry: { limit: this.#options.retries ?? 2 },
      ...(this.#options.headers && { headers: { ...this.#options.headers } }),
      hooks: {
        beforeRequest: [
          (options) => {
            for (const [header, value] of Object.entries(this.#traceHeaders?.() ?? {})) {
              options.headers[header] ??= value;
            }
          },
        ],
        beforeError: [(error) => coded(error, place) as never],
      },
    });
  }
}

function sockets(
  agents: { http: HttpAgent; https: HttpsAgent } | undefined,
  group: 'sockets' | 'freeSockets' | 'requests',
): number {
  let count = 0;
  for (const agent of agents === undefined ? [] : [agents.http, agents.https]) {
    for (const list of Object.values(agent[group])) count += list?.length ?? 0;
  }
  return count;
}
