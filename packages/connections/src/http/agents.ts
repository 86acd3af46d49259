import { type AgentOptions, Agent as HttpAgent, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { HttpProxy, Proxies } from '../core/proxy.ts';
import { egressError } from '../fetch/errors/errors.ts';
import type { EgressGuard } from '../fetch/guard/egress-guard.ts';
import { guardedLookup } from '../fetch/guard/guarded-lookup.ts';
import { proxyAddress } from './proxy.ts';
import { TunnelOpener } from './tunnel.ts';

/** The agents of a client. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** For requests that are forwarded by a proxy, if there is one; see `forward.ts`. */
  readonly forwarding: HttpAgent | undefined;
  readonly all: readonly HttpAgent[];
}

/** The state that all agents of a client share. */
export interface AgentSettings extends AgentOptions {
  /** Which hosts may be reached, where not every one may. */
  readonly egress: Egress | undefined;
  readonly ca?: string[];
}

/** A guard, and the connection that it belongs to. */
export interface Egress {
  readonly guard: EgressGuard;
  readonly pool: string;
}

/**
 * Lets the guard judge the target of a socket: an address at once, a name when it is looked up.
 *
 * @throws BaseError `EGRESS_BLOCKED_9009` for an address that may not be reached.
 */
function guarded(options: RequestOptions, egress: Egress | undefined): RequestOptions {
  if (egress === undefined) return options;
  const { guard, pool } = egress;
  const host = String(options.host ?? options.hostname ?? 'localhost');
  const port = Number(options.port);
  const reason = guard.refusesHost(host, port);
  if (reason !== undefined) throw egressError(pool, host, reason);
  return { ...options, lookup: guardedLookup(guard, pool, port) as never };
}

type SocketReady = (error: Error | null, socket: Duplex) => void;

/**
 * Makes the agents that all requests of a client share.
 *
 * @param settings - Limits of the sockets, and certificate authorities.
 * @param connectTimeoutMs - Limit for opening a socket, in milliseconds.
 * @param proxies - Where requests are sent through.
 */
export function makeAgents(
  settings: AgentSettings,
  connectTimeoutMs: number,
  proxies: Proxies,
): Agents {
  const http = new PlainAgent(settings, connectTimeoutMs);
  const https =
    proxies.https === undefined
      ? new SecureAgent(settings, connectTimeoutMs)
      : new TunnelingAgent(settings, connectTimeoutMs, proxies.https);
  const forwarding =
    proxies.http === undefined
      ? undefined
      : new ForwardingAgent(settings, connectTimeoutMs, proxies.http);
  const all = [http, https, ...(forwarding === undefined ? [] : [forwarding])];
  return { http, https, forwarding, all };
}

/** Destroys a socket that does not open in time: one timer per socket, got would need one per request. */
function bounded<S extends Duplex | null | undefined>(
  socket: S,
  opened: 'connect' | 'secureConnect',
  timeoutMs: number,
): S {
  if (!socket) return socket;
  const timer = setTimeout(() => {
    const error = new Error(`No connection within ${timeoutMs} ms.`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect' }));
  }, timeoutMs);
  const done = (): void => clearTimeout(timer);
  socket.once(opened, done);
  socket.once('close', done);
  return socket;
}

class PlainAgent extends HttpAgent {
  protected readonly connectTimeoutMs: number;
  readonly #egress: Egress | undefined;

  constructor(settings: AgentSettings, connectTimeoutMs: number) {
    super(settings);
    this.connectTimeoutMs = connectTimeoutMs;
    this.#egress = settings.egress;
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    const target = guarded(options, this.#egress);
    return bounded(super.createConnection(target, ready), 'connect', this.connectTimeoutMs);
  }
}

class SecureAgent extends HttpsAgent {
  protected readonly connectTimeoutMs: number;
  readonly #egress: Egress | undefined;

  constructor(settings: AgentSettings, connectTimeoutMs: number) {
    super(settings);
    this.connectTimeoutMs = connectTimeoutMs;
    this.#egress = settings.egress;
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    const target = guarded(options, this.#egress);
    return bounded(super.createConnection(target, ready), 'secureConnect', this.connectTimeoutMs);
  }
}

/** Opens sockets to a proxy, which may be reached over TLS. */
class ForwardingAgent extends PlainAgent {
  readonly #proxy: HttpProxy;

  constructor(settings: AgentSettings, connectTimeoutMs: number, proxy: HttpProxy) {
    super(settings, connectTimeoutMs);
    this.#proxy = proxy;
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    if (this.#proxy.url.protocol === 'http:') return super.createConnection(options, ready);
    const { servername } = proxyAddress(this.#proxy);
    const socket = connectTls({ ...(options as object), servername });
    return bounded(socket, 'secureConnect', this.connectTimeoutMs);
  }
}

/** Opens TLS sockets through tunnels of a proxy, except to the hosts reached without it. */
class TunnelingAgent extends SecureAgent {
  readonly #tunnels: TunnelOpener;

  constructor(settings: AgentSettings, connectTimeoutMs: number, proxy: HttpProxy) {
    super(settings, connectTimeoutMs);
    this.#tunnels = new TunnelOpener(proxy, settings.ca, connectTimeoutMs);
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    if (ready === undefined || this.#tunnels.isBypassed(options)) {
      return super.createConnection(options, ready);
    }
    this.#tunnels.open(options).then(
      (socket) => {
        const secure = connectTls({
          ...(options as object),
          socket,
          servername: this.#tunnels.servername(options),
        });
        ready(null, bounded(secure, 'secureConnect', this.connectTimeoutMs));
      },
      (error: Error) => (ready as (error: Error) => void)(error),
    );
    return undefined;
  }

  override destroy(): void {
    super.destroy();
    this.#tunnels.destroy();
  }
}
