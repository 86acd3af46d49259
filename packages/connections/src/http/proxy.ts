import { reveal, type SecretLike } from '@map/redaction';
import { checkOptions, isString } from '../core/check-options.ts';
import { optionError } from '../core/errors.ts';
import type { HttpOptions } from './settings.ts';

/** A proxy, and the hosts that are reached without it. */
export interface HttpProxy {
  readonly url: URL;
  readonly noProxy: readonly string[];
}

/** The proxies of a client, by the scheme of the request. */
export interface Proxies {
  readonly http: HttpProxy | undefined;
  readonly https: HttpProxy | undefined;
}

const schemes: ReadonlySet<string> = new Set(['http', 'https']);

/**
 * Reads the proxies of an HTTP client.
 *
 * @throws BaseError `CONFIG_INVALID_3002` if a URL is malformed; the message shows no part of it.
 */
export function proxiesOf(name: string, { noProxy = [], proxy }: HttpOptions): Proxies {
  const where = `HTTP client "${name}"`;
  if (!Array.isArray(noProxy) || !noProxy.every(isString)) {
    throw optionError(
      `\`noProxy\` of ${where} must be an array of host names, such as ['localhost'].`,
      { option: 'noProxy' },
    );
  }
  const isOne = typeof proxy !== 'object' || proxy === null || 'reveal' in proxy;
  if (!isOne) checkOptions(`proxy of ${where}`, proxy, schemes);
  const { http, https } = isOne ? { http: proxy, https: proxy } : proxy;
  return { http: readProxy(where, http, noProxy), https: readProxy(where, https, noProxy) };
}

/** Whether a host is reached without the proxy: by name, domain (`.internal`), with port or not. */
export function bypasses({ noProxy }: HttpProxy, host: string, port: number): boolean {
  return noProxy.some((entry) => {
    const text = entry.trim().toLowerCase();
    if (text === '*') return true;
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
    if (name === '' || (only !== undefined && Number(only) !== port)) return false;
    const domain = name.replace(/^\*?\./, '');
    return host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(domain));
  });
}

/** Host, port and credentials of a proxy, as Node's requests take them. */
export function proxyAddress({ url }: HttpProxy): {
  readonly host: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
} {
  const isSecure = url.protocol === 'https:';
  const hasCredentials = url.username !== '' || url.password !== '';
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    host: withoutBrackets(url.hostname),
    port: Number(url.port) || (isSecure ? 443 : 80),
    headers: hasCredentials
      ? { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
      : {},
  };
}

/** A host without the brackets of an IPv6 address. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function readProxy(
  where: string,
  proxy: SecretLike | undefined,
  noProxy: readonly string[],
): HttpProxy | undefined {
  if (proxy === undefined || proxy === null) return undefined;
  try {
    const url = new URL(reveal(proxy));
    decodeURIComponent(url.username + url.password);
    if (url.protocol === 'http:' || url.protocol === 'https:') return { url, noProxy };
  } catch {
    // Malformed; the reason may show a password.
  }
  throw optionError(
    `\`proxy\` of ${where} must be http://host:port or https://host:port; percent-encode its user and password.`,
    { option: 'proxy' },
  );
}
