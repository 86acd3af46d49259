import { bareHost } from './egress-guard.ts';
import { HostRules } from './host-rules.ts';

/** The proxies of a client by the scheme of the request, and the hosts reached without them. */
export interface ProxySettings {
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  readonly noProxy: HostRules;
}

/** Chooses the proxy of a request; undefined for a direct connection. */
export function proxyFor(url: URL, { http, https, noProxy }: ProxySettings): URL | undefined {
  const isSecure = url.protocol === 'https:';
  const proxy = isSecure ? https : http;
  if (proxy === undefined) return undefined;
  return noProxy.matches(bareHost(url.hostname), portOf(url)) ? undefined : proxy;
}

/** The port of a URL, given or by its scheme. */
export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; the names in lower case win, as in
 * curl.
 *
 * @throws RangeError for an entry of `NO_PROXY` that cannot be matched, TypeError for a URL of a
 * proxy that is malformed; neither shows a URL.
 */
export function proxiesFromEnvironment(environment: NodeJS.ProcessEnv): ProxySettings {
  const read = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name] || undefined;
  const all = read('ALL_PROXY');
  const list = (read('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return {
    http: parseProxy('HTTP_PROXY', read('HTTP_PROXY') ?? all),
    https: parseProxy('HTTPS_PROXY', read('HTTPS_PROXY') ?? all),
    noProxy: new HostRules(list, true),
  };
}

/**
 * Parses the URL of a proxy; a host without a scheme is one of plain HTTP.
 *
 * @throws TypeError that names the setting and not the URL, which may hold a password.
 */
export function parseProxy(setting: string, value: string | undefined): URL | undefined {
  if (value === undefined || value === '') return undefined;
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new TypeError(`${setting} must be the URL of an HTTP proxy, such as http://host:3128.`);
  }
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    throw new TypeError(`The credentials in ${setting} must be URL-encoded.`);
  }
  return url;
}
