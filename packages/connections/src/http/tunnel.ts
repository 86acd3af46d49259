import { type ClientRequest, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { ConnectionError, ErrorCode } from '@map/errors/core';
import { bareHost, type HttpProxy } from '../core/proxy.ts';
import { proxyAddress, withoutBrackets } from './proxy.ts';

/** Opens tunnels through an HTTP proxy, with `CONNECT`. */
export class TunnelOpener {
  readonly #proxy: HttpProxy;
  readonly #ca: string[] | undefined;
  readonly #timeoutMs: number;
  /** Requests that the proxy has not replied to. */
  readonly #pending: Set<ClientRequest> = new Set();

  /**
   * @param ca - Certificate authorities to trust, for a proxy that is reached over TLS.
   * @param timeoutMs - Limit for the reply of the proxy, in milliseconds.
   */
  constructor(proxy: HttpProxy, ca: string[] | undefined, timeoutMs: number) {
    this.#proxy = proxy;
    this.#ca = ca;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether the target is reached without the proxy. */
  isBypassed(options: RequestOptions): boolean {
    const { host, port } = targetOf(options);
    return this.#proxy.noProxy.matches(bareHost(host), port);
  }

  /** Name that the certificate of the target must carry. */
  servername(options: RequestOptions): string {
    const { servername } = options as { servername?: string };
    return servername ?? withoutBrackets(String(options.host ?? ''));
  }

  /** Opens a tunnel to the target; rejects with a coded error if the proxy refuses it. */
  open(options: RequestOptions): Promise<Duplex> {
    const { host, port } = targetOf(options);
    const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const proxy = proxyAddress(this.#proxy);
    const ask = this.#proxy.url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = ask({
      ...proxy,
      method: 'CONNECT',
      path: authority,
      headers: { ...proxy.headers, host: authority },
      agent: false,
      ...(this.#ca !== undefined && { ca: this.#ca }),
    });
    this.#pending.add(request);
    return new Promise<Duplex>((resolve, reject) => {
      const timer = setTimeout(
        () => request.destroy(refusedError('did not reply in time')),
        this.#timeoutMs,
      );
      const replied = (): void => {
        clearTimeout(timer);
        this.#pending.delete(request);
      };
      request.once('close', () => {
        replied();
        reject(refusedError('closed the connection'));
      });
      request.once('error', reject);
      request.once('connect', ({ statusCode }, socket) => {
        replied();
        if (statusCode === 200) return resolve(socket);
        socket.destroy();
        reject(refusedError(`replied ${statusCode}`));
      });
      // A proxy that refuses the tunnel may reply like an ordinary server.
      request.once('response', (response) => {
        response.resume();
        request.destroy();
        reject(refusedError(`replied ${response.statusCode}`));
      });
      request.end();
    });
  }

  /** Ends every request that the proxy has not replied to. */
  destroy(): void {
    for (const request of this.#pending) request.destroy();
  }
}

function targetOf(options: RequestOptions): { host: string; port: number } {
  const host = withoutBrackets(String(options.host ?? options.hostname ?? 'localhost'));
  return { host: host.toLowerCase(), port: Number(options.port ?? 443) };
}

function refusedError(what: string): Error {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_ERROR,
    message: `The HTTP proxy ${what} in response to CONNECT.`,
  });
}
