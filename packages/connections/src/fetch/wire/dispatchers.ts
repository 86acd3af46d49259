import type { Agent, buildConnector, Dispatcher, Pool } from 'undici';
import { type Proxies, portOf, proxyFor } from '../../core/proxy.ts';
import { CONNECT_TIMEOUT, egressError } from '../errors/errors.ts';
import type { EgressGuard } from '../guard/egress-guard.ts';
import { guardedLookup } from '../guard/guarded-lookup.ts';

type Undici = typeof import('undici');
type Connector = buildConnector.connector;

/** How sockets are opened and kept; all times in milliseconds. */
export interface SocketSettings {
  readonly pool: string;
  readonly connectTimeoutMs: number;
  readonly maxSocketsPerHost: number;
  readonly maxSocketLifetimeMs: number | undefined;
  readonly ca: readonly string[] | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly http2: boolean;
  readonly proxies: Proxies;
  readonly guard: EgressGuard;
}

/** The current state of a connection's sockets. */
export interface SocketCounts {
  readonly open: number;
  readonly inUse: number;
  readonly waiting: number;
}

/** The sockets of a connection: to servers directly, and through its proxies. */
export class Dispatchers {
  readonly #undici: Undici;
  readonly #settings: SocketSettings;
  readonly #direct: Agent;
  readonly #proxied: Map<string, Dispatcher> = new Map();
  /** Those of the proxies, which undici does not show. */
  readonly #tunnels: Set<Pool> = new Set();

  constructor(undici: Undici, settings: SocketSettings) {
    this.#undici = undici;
    this.#settings = settings;
    this.#direct = new undici.Agent({ ...this.#poolOptions(), connect: this.#connector() });
  }

  /** Returns the dispatcher for the host of a URL. */
  for(url: URL): Dispatcher {
    const proxy = proxyFor(url, this.#settings.proxies);
    if (proxy === undefined) return this.#direct;
    let dispatcher = this.#proxied.get(proxy.href);
    if (dispatcher === undefined) {
      dispatcher = this.#through(proxy);
      this.#proxied.set(proxy.href, dispatcher);
    }
    return dispatcher;
  }

  /** Counts the sockets to servers, directly and through proxies. */
  counts(): SocketCounts {
    let open = 0;
    let inUse = 0;
    let waiting = 0;
    const all = [...Object.values(this.#direct.stats), ...[...this.#tunnels].map(statsOf)];
    for (const stats of all) {
      const { connected, running, pending } = stats as Pool.PoolStats;
      open += Number(connected);
      inUse += running;
      waiting += pending;
    }
    return { open, inUse: Math.min(inUse, open), waiting };
  }

  /** Closes every socket. */
  async destroy(error: Error): Promise<void> {
    const all = [this.#direct, ...this.#proxied.values()];
    await Promise.all(all.map((dispatcher) => dispatcher.destroy(error)));
  }

  #poolOptions(): Agent.Options {
    const { maxSocketsPerHost, maxSocketLifetimeMs, http2 } = this.#settings;
    return {
      connections: maxSocketsPerHost,
      // The deadlines of a call are kept by the call.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: http2,
      ...(maxSocketLifetimeMs !== undefined && { clientTtl: maxSocketLifetimeMs }),
    };
  }

  #tls(): { ca?: string[]; cert?: string; key?: string } {
    const { ca, cert, key } = this.#settings;
    return {
      ...(ca !== undefined && { ca: [...ca] }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    };
  }

  #through(proxy: URL): Dispatcher {
    const { connectTimeoutMs, ca } = this.#settings;
    const { Pool, ProxyAgent } = this.#undici;
    const tls = this.#tls();
    return new ProxyAgent({
      ...this.#poolOptions(),
      uri: proxy.href,
      connectTimeout: connectTimeoutMs,
      requestTls: tls,
      proxyTls: ca === undefined ? {} : { ca: [...ca] },
      factory: (origin, options) => {
        // For requests that are forwarded without a tunnel, undici passes none of the options.
        const tunnels = new Pool(origin, { ...this.#poolOptions(), ...(options as Pool.Options) });
        this.#tunnels.add(tunnels);
        // undici drops the pool of an origin that is no longer used.
        tunnels.on('disconnect', () => {
          if (tunnels.closed || tunnels.destroyed) this.#tunnels.delete(tunnels);
        });
        return tunnels;
      },
      // A proxy that takes the socket and does not respond would hold its place for ever.
      clientFactory: (origin, options) =>
        new Pool(origin, { ...options, headersTimeout: connectTimeoutMs }),
    });
  }

  /** Opens sockets; with a guard, to addresses that it lets pass. */
  #connector(): Connector {
    const { connectTimeoutMs, guard, http2, pool } = this.#settings;
    const base = {
      ...this.#tls(),
      timeout: connectTimeoutMs,
      allowH2: http2,
      autoSelectFamily: true,
    };
    if (guard.isOpen) return bounded(this.#undici.buildConnector(base), connectTimeoutMs);
    const byPort = new Map<number, Connector>();
    return (options, callback) => {
      const port = portOf(options);
      // An address is not looked up, so it is judged here.
      const reason = guard.refusesHost(options.hostname, port);
      if (reason !== undefined) {
        const error = egressError(pool, options.hostname, reason);
        process.nextTick(() => callback(error, null));
        return;
      }
      let connect = byPort.get(port);
      if (connect === undefined) {
        const lookup = guardedLookup(guard, pool, port);
        connect = bounded(this.#undici.buildConnector({ ...base, lookup }), connectTimeoutMs);
        byPort.set(port, connect);
      }
      connect(options, callback);
    };
  }
}

function statsOf({ stats }: Pool): Pool.PoolStats {
  return stats;
}

/**
 * Reports a socket that does not open in time. undici closes it later by itself: its timers tick
 * every half second (lib/util/timers.js).
 */
function bounded(connect: Connector, timeoutMs: number): Connector {
  return (options, callback) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      const error = new Error(`No connection within ${timeoutMs} ms.`);
      callback(Object.assign(error, { code: CONNECT_TIMEOUT }), null);
    }, timeoutMs);
    connect(options, (...[error, socket]) => {
      clearTimeout(timer);
      if (isLate) socket?.destroy();
      else if (error === null) callback(null, socket as never);
      else callback(error, null);
    });
  };
}
