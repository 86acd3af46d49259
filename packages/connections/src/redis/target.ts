import { domainToASCII } from 'node:url';
import { optionError } from '@map/errors/kernel';
import { reveal } from '@map/redaction';
import { withSocketHost } from '@map/redaction/kernel';
import { checkInteger, checkPort } from '../core/check-options.ts';
import { configError } from '../core/errors.ts';
import { type RedisOptions, redisLimits } from './settings.ts';
import { checkUrlQuery } from './url-query.ts';

/** Where a Redis is, read from the URL and the options beside it. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket. */
  readonly path: string | undefined;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

const defaultUrl = 'redis://localhost:6379/0';

const secureSchemes: ReadonlySet<string> = new Set(['rediss:', 'valkeys:']);
const schemes: ReadonlySet<string> = new Set(['redis:', 'valkey:', 'unix:', ...secureSchemes]);

/**
 * Reads where a Redis is, for clients that are not made here.
 *
 * @param name - Names the connection in the message of an error.
 * @param options - Of the connection.
 * @returns Host, port, credentials and database of the URL and the options beside it.
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used; the message shows no part
 * of the URL.
 *
 * @example
 * ```ts
 * import { redisTarget } from '@map/connections';
 *
 * redisTarget('cache', { url: 'rediss://cache.example/2' }).database; // 2
 * ```
 */
export function redisTarget(name: string, options: RedisOptions): RedisTarget {
  if (typeof name !== 'string') throw optionError('name', 'a string', name);
  const where = `redis connection "${name}"`;
  redisLimits(name, options);
  const url = parse(where, reveal(options.url ?? defaultUrl));
  checkPort(where, 'url', url);
  checkUrlQuery(where, url.searchParams);
  const isSocket = url.protocol === 'unix:';
  const fromPath = isSocket ? '' : url.pathname.replace(/^\/|\/$/g, '');
  const index = url.searchParams.get('db') ?? fromPath;
  if (options.database === undefined && !/^-?[\d.]*$/.test(index)) {
    throw configError(`The database in \`url\` of ${where} must be a number, such as 0 in /0.`, {
      option: 'url',
    });
  }
  const database = options.database ?? (index === '' ? 0 : Number(index));
  checkInteger(where, 'database', database, 0);
  if (options.cluster !== undefined && database !== 0) {
    throw configError(
      `\`database\` of ${where} must be 0 or missing in cluster mode, got ${database}: a cluster has one database. Use a key prefix instead.`,
      { option: 'database' },
    );
  }
  return {
    host: hostOf(url),
    port: url.port === '' ? 6379 : Number(url.port),
    path: isSocket ? decodeURIComponent(url.pathname) : undefined,
    tls: secureSchemes.has(url.protocol) || (options.tls !== undefined && options.tls !== false),
    username: options.username ?? (decodeURIComponent(url.username) || undefined),
    password: decodeURIComponent(url.password) || undefined,
    database,
  };
}

/** URLs of schemes that browsers do not know keep their host as it is written, percent-encoded. */
function hostOf({ hostname }: URL): string {
  const host = decodeURIComponent(hostname.replace(/^\[|\]$/g, ''));
  return (/[^\0-\x7f]/.test(host) ? domainToASCII(host) : host) || 'localhost';
}

function parse(where: string, text: unknown): URL {
  // The string may hold a password, so no message repeats any of it.
  if (typeof text !== 'string') throw optionError('url', 'a string', text, { of: where });
  try {
    const url = new URL(withSocketHost(text));
    if (schemes.has(url.protocol) && !hasRawDelimiter(url) && !isHostOfSocket(url, text)) {
      decodeURIComponent(url.hostname + url.username + url.password + url.pathname);
      return url;
    }
  } catch {
    // Malformed; the reason follows.
  }
  const scheme = /^[a-z][a-z\d+.-]{0,30}(?=:\/\/)/i.exec(text)?.[0].toLowerCase();
  const known = scheme !== undefined && schemes.has(`${scheme}:`);
  const got = known ? 'a malformed one' : scheme ? `${scheme}://` : 'a string without a scheme';
  const rest = text.replace(/^\w+:\/\//, '');
  const isRaw =
    /[%#]/.test(rest) || /[@/?]/.test(rest.slice(0, Math.max(0, rest.lastIndexOf('@'))));
  const remedy = isRaw ? encodeRemedy : '';
  throw configError(
    `\`url\` of ${where} must be redis://host:6379/0, or valkey://, with TLS rediss:// or valkeys://, or unix:///path, got ${got}.${remedy}`,
    { option: 'url' },
  );
}

const encodeRemedy =
  ' If its password has one of # % / ? @, write %23 %25 %2F %3F %40 for it, or use the `password` option.';

/** Whether `unix://run/redis.sock` has lost a slash: its first directory would be the host. */
function isHostOfSocket({ protocol, host }: URL, text: string): boolean {
  return protocol === 'unix:' && host !== '' && withSocketHost(text) === text;
}

/**
 * Whether a raw `#`, `/` or `?` of a password ended the host too early: `redis://user:12#34@host`.
 * What follows a `#` has no meaning here, so it belonged to something else.
 */
function hasRawDelimiter({ hash, pathname, protocol, search }: URL): boolean {
  return hash !== '' || (protocol !== 'unix:' && `${pathname}${search}`.includes('@'));
}
