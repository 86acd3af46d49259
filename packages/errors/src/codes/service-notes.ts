import type { CodeNote, WorkCode } from './code-note.ts';
import type { ErrorCode } from './error-code.ts';

/** The notes of the codes of a process, its interfaces, its data and its connections. */
export const SERVICE_NOTES: Readonly<Record<Exclude<ErrorCode, WorkCode>, CodeNote>> = {
  SYSTEM_ERROR_1000: [
    'The process failed for a reason without a specific code.',
    'A step of the start-up or shutdown failed; a part of MAP failed.',
    'Read `original_error` and the stack; give the failure its own code if it recurs.',
  ],
  UNKNOWN_ERROR_1001: [
    'A thrown value that nothing recognises, or data that is not a serialised error.',
    'A plain `Error` from a library; a thrown string; a message from another version.',
    'Pass `origin` and `defaultCode` to `convertException`, or register a converter.',
  ],
  OPERATION_TIMEOUT_1002: [
    'A deadline passed before the operation was done.',
    '`AbortSignal.timeout`, a timeout policy, `statement_timeout` of a database.',
    'Retry; raise the deadline if the operation is slow by nature. Pass `origin` for a more specific code.',
  ],
  OPERATION_CANCELLED_1003: [
    'The caller cancelled the operation; nothing is broken.',
    'An `AbortController`, a client that closed its connection, a shutdown.',
    'Stop the work and pass the error on; do not retry or alert.',
  ],
  SERVICE_UNAVAILABLE_1005: [
    'A service does not accept work at the moment.',
    'A start-up or shutdown in progress, a failed health check, a 503 from one of your services.',
    'Retry with backoff; look at the health of the service.',
  ],
  RESOURCE_EXHAUSTED_1006: [
    'The process ran out of a resource.',
    'Too many open files (`EMFILE`), a worker out of memory, too much output from a child process.',
    'Retry later; raise the limit or lower the concurrency.',
  ],
  STORAGE_FULL_1007: [
    'There is no storage space left.',
    '`ENOSPC`, an exceeded disk quota, a full database disk.',
    'Free space or grow the volume; a retry alone does not help.',
  ],
  FILE_SYSTEM_ERROR_1008: [
    'A file or directory could not be used.',
    'A missing file (`ENOENT`), missing permissions (`EACCES`), a directory instead of a file.',
    "Check the path in `details.path` and the permissions of the process's user.",
  ],
  SERIALIZATION_ERROR_1009: [
    'A value could not be serialised or cloned.',
    'A cycle or a bigint in `JSON.stringify`, a function in `structuredClone`.',
    'Send plain data only.',
  ],
  PROGRAMMING_ERROR_1010: [
    'The code itself is wrong.',
    'A `TypeError` or `ReferenceError`, an unknown error code, misuse of an API.',
    'Fix the code at the top of the stack; never retry.',
  ],
  MULTIPLE_ERRORS_1012: [
    'Several operations failed, for different reasons.',
    '`Promise.any`, a connection tried over IPv4 and IPv6.',
    'Read `details.errors`; a retry can help if it helps one of them.',
  ],

  API_ERROR_2000: [
    'An API call failed for a reason without a specific code.',
    'An HTTP error without a status or a known code, a status without a more specific code.',
    'Read `original_error`; retry only idempotent operations.',
  ],
  BAD_REQUEST_2001: [
    'A caller sent an invalid request.',
    'A missing parameter, a malformed body.',
    'Tell the caller what is wrong; do not retry.',
  ],
  NOT_FOUND_2002: [
    'The requested resource does not exist.',
    'A wrong identifier, a deleted resource.',
    'Tell the caller; do not retry.',
  ],
  CONFLICT_2004: [
    'A request conflicts with the current state.',
    'A concurrent change, a resource that already exists.',
    'Read the state again, then decide again.',
  ],
  UPSTREAM_ERROR_2010: [
    'An API failed on its side.',
    'A 5xx status, gRPC `UNAVAILABLE` or `INTERNAL`.',
    'Retry with backoff, then open the circuit.',
  ],
  UPSTREAM_TIMEOUT_2011: [
    'An API did not respond in time.',
    'A client timeout, status 408 or 504, gRPC `DEADLINE_EXCEEDED`.',
    'Retry; raise the timeout if the call is slow by nature.',
  ],
  UPSTREAM_REJECTED_2012: [
    'An API rejected our request.',
    'A 4xx status: wrong credentials, a wrong address, wrong parameters.',
    'Fix the request or the credentials of your service; its caller cannot.',
  ],
  UPSTREAM_BAD_RESPONSE_2013: [
    'An API sent an unusable response.',
    'Invalid JSON, too many redirects, a truncated response.',
    'Check the address and the version of the API; look for a proxy in between.',
  ],
  UPSTREAM_STALLED_2014: [
    'A response started, then paused for longer than the idle limit.',
    'An overloaded upstream, a proxy that lost its upstream, a network that drops packets.',
    'Retry if the request is safe to repeat; raise `idleTimeoutMs` if the upstream pauses by design.',
  ],

  CONFIGURATION_ERROR_3000: [
    'The configuration cannot be used.',
    'Conflicting settings, an unreadable configuration.',
    'Read the message, correct the setting, start again.',
  ],
  CONFIG_MISSING_3001: [
    'A required setting is missing.',
    'An environment variable that is not set, an SDK without an API key.',
    'Set the variable that the message names.',
  ],
  CONFIG_INVALID_3002: [
    'A setting has an invalid value.',
    'A port in use, a malformed URL, a missing module, a rejected database login.',
    'Correct the setting; `details.issues` lists several.',
  ],

  VALIDATION_ERROR_3500: [
    'Input breaks a rule.',
    'A value out of range, a string that is not JSON.',
    'Tell the caller; `details.issues` has the places.',
  ],
  SCHEMA_MISMATCH_3501: [
    'Input does not match its schema.',
    'A failed check of Zod, ajv or TypeBox.',
    'Tell the caller; `details.issues` has the path and message of each problem.',
  ],

  AUTH_ERROR_4000: [
    'A caller is not authenticated.',
    'No credentials, wrong credentials.',
    'Ask the caller to sign in.',
  ],
  TOKEN_EXPIRED_4002: [
    'The credentials of a caller are no longer valid.',
    'An expired token.',
    'Refresh the token, then repeat the request.',
  ],
  PERMISSION_DENIED_4003: [
    'A caller is authenticated but not allowed to do this.',
    'A missing role or scope.',
    'Grant the permission or use another operation; do not retry.',
  ],

  MEMORY_ERROR_8000: [
    'The memory of an agent failed for a reason without a specific code.',
    'An unrecognised error of its store.',
    'Read `original_error`.',
  ],
  MEMORY_WRITE_CONFLICT_8002: [
    'Two writers changed the same memory.',
    'Agents that work concurrently.',
    'Read again, merge, retry.',
  ],
  VECTOR_STORE_UNAVAILABLE_8003: [
    'The vector store does not respond.',
    'An outage, a restart, a wrong address.',
    'Retry with backoff; continue without memory if possible.',
  ],

  CACHE_ERROR_8500: [
    'A cache failed for a reason without a specific code.',
    'A value that cannot be stored or read.',
    'Continue without the cache.',
  ],
  CACHE_UNAVAILABLE_8501: [
    'A cache does not respond.',
    'An outage, a restart, a wrong address.',
    'Continue without the cache; retry later.',
  ],

  CONNECTION_ERROR_9000: [
    'A network connection failed for a reason without a specific code.',
    'No route to the host, a server that is shutting down.',
    'Retry with backoff.',
  ],
  CONNECTION_REFUSED_9001: [
    'No server listens at the address.',
    'A service that has not started, a wrong port, a missing socket file.',
    'Check `details.host` and `details.port`; retry while the service starts.',
  ],
  CONNECTION_RESET_9002: [
    'An open connection was lost; the request may have been executed.',
    '`ECONNRESET`, `EPIPE`, a killed server, a proxy that closed the connection.',
    'Retry only idempotent operations: `isRetryable(error, { idempotent: true })`.',
  ],
  CONNECTION_TIMEOUT_9003: [
    'A connection did not open, or received no response, in time.',
    '`ETIMEDOUT`, a firewall that drops packets, a server that hangs.',
    'Retry; check the network between client and server.',
  ],
  DNS_FAILURE_9004: [
    'A host name could not be resolved.',
    'A misspelled name, a name server that is down.',
    'Check `details.host`; retry, because name servers recover.',
  ],
  TLS_FAILURE_9005: [
    'A secure connection could not be established.',
    'An expired, self-signed or wrong certificate; a server without TLS.',
    'Renew or trust the certificate; never disable verification.',
  ],
  POOL_EXHAUSTED_9006: [
    'No connection of a pool became free in time.',
    'A pool that is too small, leases that are never released, `max_connections` reached.',
    'Retry; find the code that holds the connections; enlarge the pool.',
  ],
  CLIENT_CLOSED_9007: [
    'A client was used after it was closed.',
    'A shutdown in progress, a client that was closed too early.',
    'Stop working at shutdown; do not retry with the same client.',
  ],
  PROTOCOL_ERROR_9008: [
    'The other side does not speak the protocol.',
    'A wrong port, a proxy in between, a broken server.',
    'Check what listens at the address.',
  ],
  EGRESS_BLOCKED_9009: [
    'The connection may not reach this host or the address that it resolves to.',
    'A URL written by a model or a user that points to a private address; a redirect to one.',
    'Do not retry. List the host in `egressAllow` if requests to it are intended.',
  ],
  REDIS_ERROR_9100: [
    'Redis rejected a command.',
    '`WRONGTYPE`, `ERR`, `NOSCRIPT`, `CROSSSLOT`.',
    "Fix the command; `details.reply` has the server's error.",
  ],
  REDIS_UNAVAILABLE_9101: [
    'Redis is reachable but accepts no commands at the moment.',
    '`LOADING`, `BUSY`, `READONLY`, `CLUSTERDOWN`, `MASTERDOWN`, too many clients, an offline client.',
    'Retry with backoff.',
  ],
  REDIS_AUTH_FAILED_9102: [
    'Redis rejected the login, or the user lacks a permission.',
    '`WRONGPASS`, `NOAUTH`, `NOPERM`.',
    'Check user, password and ACL.',
  ],
  REDIS_OUT_OF_MEMORY_9103: [
    'Redis has no memory left for writes.',
    '`OOM`: `maxmemory` is reached and no key may be evicted.',
    'Raise `maxmemory`, set an eviction policy or expire keys.',
  ],
  REDIS_CONFLICT_9104: [
    'A watched key changed before the transaction.',
    'Another writer.',
    'Read again and retry.',
  ],
  DATABASE_ERROR_9200: [
    'A database rejected a statement.',
    'Invalid SQL, a violated constraint, a missing table.',
    'Fix the statement; `details.system_code` has the SQLSTATE.',
  ],
  DATABASE_CONFLICT_9202: [
    'Two transactions conflicted.',
    'A deadlock, a serialization failure, an unavailable lock.',
    'Repeat the whole transaction.',
  ],

  RATE_LIMITED_9500: [
    'Too many requests for your own limit or that of an API.',
    'Status 429, AWS throttling, gRPC `RESOURCE_EXHAUSTED`.',
    'Wait `retryAfterMs`, then retry.',
  ],
  CIRCUIT_OPEN_9501: [
    'A circuit breaker blocks calls to a failing service.',
    'Recent failures (`getFetch()`, cockatiel, opossum).',
    'Retry after the circuit closes; look at the errors that opened it.',
  ],
  BULKHEAD_FULL_9502: [
    'A limit of concurrent calls is reached.',
    'A burst, slow calls.',
    'Retry; raise the limit if the service can handle it.',
  ],
  RETRIES_EXHAUSTED_9503: [
    'Every attempt failed.',
    'An outage that lasts longer than the retries.',
    'Read the cause, the error of the last attempt; do not retry at once.',
  ],
};
