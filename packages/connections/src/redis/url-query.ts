import { closest } from '@map/redaction/kernel';
import { configError } from '../core/errors.ts';

/**
 * Names that other clients read from a URL, and that change nothing here: of ioredis, redis-py,
 * Celery, go-redis and Lettuce. A URL is often shared with them, so they do not stop a start.
 */
const OF_OTHERS: ReadonlySet<string> = new Set(
  `family allowUsernameInURI keepAlive noDelay connectTimeout commandTimeout socketTimeout
  connectionName enableReadyCheck enableOfflineQueue lazyConnect maxRetriesPerRequest
  maxLoadingRetryTime showFriendlyErrorStack autoResubscribe stringNumbers disableClientInfo
  client_name clientName lib_name libraryName libraryVersion protocol resp timeout encoding
  encoding_errors decode_responses socket_timeout socket_connect_timeout socket_keepalive
  socket_read_size retry_on_timeout max_connections health_check_interval ssl_cert_reqs
  ssl_ca_certs ssl_check_hostname dial_timeout read_timeout write_timeout pool_size pool_timeout
  min_idle_conns max_idle_conns max_active_conns max_retries min_retry_backoff max_retry_backoff
  conn_max_idle_time conn_max_lifetime pool_fifo identity_suffix`.split(/\s+/),
);

const KNOWN = ['db'];

/** Replacements for names that would select another connection if they were ignored. */
const REMEDIES: Readonly<Record<string, string>> = {
  database: 'Did you mean `db`?',
  username: 'Use the `username` option, or write it before the host.',
  user: 'Use the `username` option, or write it before the host.',
  password: 'Use the `password` option, or write it before the host.',
  ssl: 'For TLS write rediss://.',
  tls: 'For TLS write rediss://.',
  prefix: 'A prefix of keys is not supported.',
  keyPrefix: 'A prefix of keys is not supported.',
};

/**
 * Checks the names in the query of a URL.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for one that neither this nor another client reads; the
 * message shows no value.
 */
export function checkUrlQuery(where: string, query: URLSearchParams): void {
  for (const name of query.keys()) {
    if (KNOWN.includes(name) || OF_OTHERS.has(name)) continue;
    const meant = closest(name.toLowerCase(), [...KNOWN, ...Object.keys(REMEDIES)]);
    const known = Object.hasOwn(REMEDIES, name) ? REMEDIES[name] : undefined;
    const guess = meant === undefined ? '' : `Did you mean \`${meant}\`?`;
    const remedy = known ?? (guess || 'It reads `db`; other options stand beside `url`.');
    const shown = name.slice(0, 40);
    throw configError(`\`${shown}\` in the query of \`url\` of ${where} is not known. ${remedy}`, {
      option: 'url',
    });
  }
}
