import { optionError } from '@map/errors/kernel';
import { reveal, type SecretLike } from '@map/redaction';
import { isArray } from '@map/redaction/kernel';
import { isIP } from '../core/built-ins.ts';
import { checkOptions, checkPort, isString } from '../core/check-options.ts';
import { configError } from '../core/errors.ts';
import { HostRules } from '../core/host-rules.ts';
import type { HttpProxy, Proxies } from '../core/proxy.ts';
import type { HttpOptions } from './settings.ts';

const schemes: ReadonlySet<string> = new Set(['http', 'https']);

/**
 * Reads the proxies of an HTTP client.
 *
 * @throws BaseError `CONFIG_INVALID_3002` if a URL is malformed; the message shows no part of it.
 */
export function proxiesOf(name: string, { noProxy = [], proxy }: HttpOptions): Proxies {
  const where = `HTTP client "${name}"`;
  const direct = readHosts(where, noProxy);
  const isOne = typeof proxy !== 'object' || proxy === null || 'reveal' in proxy;
  if (!isOne) checkOptions(`proxy of ${where}`, proxy, schemes);
  const { http, https } = isOne ? { http: proxy, https: proxy } : proxy;
  return { http: readProxy(where, http, direct), https: readProxy(where, https, direct) };
}

/** Host, port and credentials of a proxy, as Node's requests take them. */
export function proxyAddress({ url }: HttpProxy): {
  readonly host: string;
  /** Name for TLS: Node takes that of the header `host` instead, which is the target's. */
  readonly servername: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
} {
  const isSecure = url.protocol === 'https:';
  const hasCredentials = url.username !== '' || url.password !== '';
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const host = withoutBrackets(url.hostname);
  return {
    host,
    // RFC 6066 allows names only, not addresses.
    servername: isIP(host) === 0 ? host : '',
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

function readHosts(where: string, noProxy: unknown): HostRules {
  if (!isArray(noProxy) || !noProxy.every(isString)) {
    const expected = "an array of host names, such as ['localhost']";
    throw optionError('noProxy', expected, noProxy, { of: where });
  }
  try {
    return new HostRules(noProxy, true);
  } catch (error) {
    throw configError(`\`noProxy\` of ${where} cannot be matched: ${(error as Error).message}.`, {
      option: 'noProxy',
    });
  }
}

function readProxy(
  where: string,
  proxy: SecretLike | undefined,
  noProxy: HostRules,
): HttpProxy | undefined {
  if (proxy === undefined || proxy === null) return undefined;
  const url = proxyUrl(proxy);
  if (url !== undefined) {
    checkPort(where, 'proxy', url);
    return { url, noProxy };
  }
  throw optionError('proxy', 'http://host:3128 or https://host:3128', proxy, {
    of: where,
    remedy: 'Percent-encode its user and password.',
  });
}

function proxyUrl(proxy: SecretLike): URL | undefined {
  try {
    const url = new URL(reveal(proxy));
    decodeURIComponent(url.username + url.password);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    // Malformed; the reason may show a password.
    return undefined;
  }
}
