import { type Agent, request } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import type { RequestFunction } from 'got';
import { type HttpProxy, portOf, proxyFor } from '../core/proxy.ts';
import { proxyAddress } from './proxy.ts';

/**
 * Makes got's `request` option for plain HTTP over a proxy: the proxy reads the target from the
 * request line (RFC 9112, section 3.2.2). All other requests are left to got.
 *
 * @param agent - Opens the sockets to the proxy.
 */
export function forwardingRequest(proxy: HttpProxy, agent: Agent): RequestFunction {
  const { headers, host, port } = proxyAddress(proxy);
  return (url, options, callback) => {
    if (proxyFor(url, { http: proxy, https: undefined }) === undefined) return undefined;
    const { auth } = urlToHttpOptions(url);
    return request(
      {
        ...(auth !== undefined && { auth }),
        ...(options as object),
        agent,
        host,
        port,
        path: `http://${url.hostname}:${portOf(url)}${url.pathname}${url.search}`,
        headers: { host: url.host, ...options.headers, ...headers },
      },
      callback,
    );
  };
}
