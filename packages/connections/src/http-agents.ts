import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  type RequestOptions,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { ConnectionError, ErrorCode } from '@map/errors/core';

/** The agents of a client. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** These, and those that go around a proxy. */
  readonly all: readonly HttpAgent[];
}

/** A proxy and the hosts that are reached without it. */
export interface ProxySettings {
  readonly url: URL;
  readonly noProxy: readonly string[];
}

/** The proxies of a client, by the scheme of what is asked for. */
export interface Proxies {
  readonly http: ProxySettings | undefined;
  readonly https: ProxySettings | undefined;
}

/** The part of an agent that takes a request; not in the types, and stable since Node 0.12. */
interface RequestTaker {
  addRequest(request: ClientRequest, options: RequestOptions): void;
}

type Ready = (error: Error | null, socket?: unknown) => void;

/**
 * Makes the agents that all requests of a client share.
 *
 * @param options - Limits of the sockets, and certificate authorities.
 * @param connectTimeoutMs - Limit for opening a socket.
 * @param proxies - Where to send requests through.
 */
export function makeAgents(
  options: AgentOptions & { ca?: string[] },
  connectTimeoutMs: number,
  proxies: Proxies,
): Agents {
  const plain = new PlainAgent(options, connectTimeoutMs);
  const secure = new SecureAgent(options, connectTimeoutMs);
  const http =
    proxies.http === undefined
      ? plain
      : new ForwardingAgent(options, connectTimeoutMs, plain, proxies.http);
  const https =
    proxies.https === undefined
      ? secure
      : new TunnelingAgent(options, connectTimeoutMs, secure, proxies.https);
  return { http, https, all: [...new Set([http, plain, https, secure])] };
}

/** Ends a socket that does not open in time. Once a socket, where got would need a timer a request. */
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

type SocketReady = (error: Error | null, socket: Duplex) => void;

class PlainAgent extends HttpAgent {
  protected readonly connectTimeoutMs: number;

  constructor(options: AgentOptions, connectTimeoutMs: number) {
    super(options);
    this.connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    return bounded(super.createConnection(options, ready), 'connect', this.connectTimeoutMs);
  }
}

class SecureAgent extends HttpsAgent {
  protected readonly connectTimeoutMs: number;

  constructor(options: AgentOptions, connectTimeoutMs: number) {
    super(options);
    this.connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    return bounded(super.createConnection(options, ready), 'secureConnect', this.connectTimeoutMs);
  }
}

/** Whether a host is reached without the proxy: by name, by domain (`.internal`), with port or not. */
export function bypasses(noProxy: readonly string[], host: string, port: number): boolean {
  return noProxy.some((entry) => {
    const text = entry.trim().toLowerCase();
    if (text === '*') return true;
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
    if (name === '' || (only !== undefined && Number(only) !== port)) return false;
    const domain = name.replace(/^\*?\./, '');
    return host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(domain));
  });
}

/** Sends plain HTTP requests to a proxy, which reads the target from the request line. */
class ForwardingAgent extends PlainAgent {
  readonly #direct: HttpAgent;
  readonly #proxy: ProxySettings;

  constructor(
    options: AgentOptions,
    connectTimeoutMs: number,
    direct: HttpAgent,
    proxy: ProxySettings,
  ) {
    super(options, connectTimeoutMs);
    this.#direct = direct;
    this.#proxy = proxy;
  }

  addRequest(request: ClientRequest, options: RequestOptions): void {
    const { host, port } = target(options, 80);
    if (bypasses(this.#proxy.noProxy, host, port)) {
      (this.#direct as unknown as RequestTaker).addRequest(request, options);
      return;
    }
    const { url } = this.#proxy;
    request.path = `http://${authority(host, port)}${request.path}`;
    const credentials = authorization(url);
    if (credentials !== undefined) request.setHeader('proxy-authorization', credentials);
    const base = HttpAgent.prototype as unknown as RequestTaker;
    base.addRequest.call(this, request, {
      ...options,
      host: bare(url.hostname),
      port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    });
  }

  override createConnection(
    options: RequestOptions,
    ready?: SocketReady,
  ): Duplex | null | undefined {
    const { url } = this.#proxy;
    if (url.protocol === 'http:') return super.createConnection(options, ready);
    const socket = connectTls({ ...(options as object), servername: bare(url.hostname) });
    return bounded(socket, 'secureConnect', this.connectTimeoutMs);
  }
}

/** Sends HTTPS requests through a tunnel that a proxy opens on `CONNECT`. */
class TunnelingAgent extends SecureAgent {
  readonly #direct: HttpsAgent;
  readonly #proxy: ProxySettings;
  /** Those that the proxy has not opened yet. */
  readonly #tunnels: Set<ClientRequest> = new Set();

  constructor(
    options: AgentOptions,
    connectTimeoutMs: number,
    direct: HttpsAgent,
    proxy: ProxySettings,
  ) {
    super(options, connectTimeoutMs);
    this.#direct = direct;
    this.#proxy = proxy;
  }

  addRequest(request: ClientRequest, options: RequestOptions): void {
    const { host, port } = target(options, 443);
    const direct = bypasses(this.#proxy.noProxy, host, port);
    const agent = direct ? this.#direct : HttpsAgent.prototype;
    (agent as unknown as RequestTaker).addRequest.call(
      direct ? this.#direct : this,
      request,
      options,
    );
  }

  override createConnection(options: RequestOptions, ready: Ready): undefined {
    const { url } = this.#proxy;
    const { host, port } = target(options, 443);
    const credentials = authorization(url);
    const ask = url.protocol === 'https:' ? requestHttps : requestHttp;
    const tunnel = ask({
      host: bare(url.hostname),
      port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: authority(host, port),
      headers: {
        host: authority(host, port),
        ...(credentials !== undefined && { 'proxy-authorization': credentials }),
      },
      agent: false,
    });
    const late = (): unknown => tunnel.destroy(refusal('did not answer in time'));
    const timer = setTimeout(late, this.connectTimeoutMs);
    this.#tunnels.add(tunnel);
    const answered = (): void => {
      clearTimeout(timer);
      this.#tunnels.delete(tunnel);
    };
    tunnel.once('close', answered);
    tunnel.once('error', (error) => ready(error));
    tunnel.once('connect', (response, socket) => {
      answered();
      if (response.statusCode === 200) {
        const secure = connectTls({
          ...(options as object),
          socket,
          servername: servername(options),
        });
        ready(null, bounded(secure, 'secureConnect', this.connectTimeoutMs));
        return;
      }
      socket.destroy();
      ready(refusal(`answered ${response.statusCode}`));
    });
    // A proxy that refuses the tunnel answers like an ordinary server.
    tunnel.once('response', (response) => {
      response.resume();
      tunnel.destroy();
      ready(refusal(`answered ${response.statusCode}`));
    });
    tunnel.end();
    return undefined;
  }

  override destroy(): void {
    super.destroy();
    for (const tunnel of this.#tunnels) tunnel.destroy();
  }
}

function target(options: RequestOptions, fallback: number): { host: string; port: number } {
  const host = bare(String(options.host ?? options.hostname ?? 'localhost')).toLowerCase();
  return { host, port: Number(options.port ?? fallback) };
}

function servername(options: RequestOptions): string {
  const named = (options as { servername?: string }).servername;
  return named ?? bare(String(options.host ?? ''));
}

function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function authorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function refusal(what: string): Error {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_ERROR,
    message: `The HTTP proxy ${what} when asked for a tunnel.`,
  });
}
