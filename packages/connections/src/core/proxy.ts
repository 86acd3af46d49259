import type { HostRules } from './host-rules.ts';

/** A proxy, and the hosts that are reached without it. */
export interface HttpProxy {
  readonly url: URL;
  readonly noProxy: HostRules;
}

/** The proxies of a client, by the scheme of the request. */
export interface Proxies {
  readonly http: HttpProxy | undefined;
  readonly https: HttpProxy | undefined;
}

/** The proxy of a request; undefined for a direct connection. */
export function proxyFor(url: URL, { http, https }: Proxies): URL | undefined {
  const proxy = url.protocol === 'https:' ? https : http;
  if (proxy === undefined) return undefined;
  return proxy.noProxy.matches(bareHost(url.hostname), portOf(url)) ? undefined : proxy.url;
}

/** The port of a URL, given or by its scheme. */
export function portOf({ port, protocol }: Pick<URL, 'port' | 'protocol'>): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/** A host in lower case, without brackets and final dot. */
export function bareHost(host: string): string {
  const lower = host.toLowerCase();
  const bare = lower.startsWith('[') ? lower.slice(1, -1) : lower;
  return bare.endsWith('.') ? bare.slice(0, -1) : bare;
}
