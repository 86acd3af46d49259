import type { CodeNote, WorkCode } from './code-note.ts';
import type { ErrorCode } from './error-code.ts';

/** The notes of the codes of a process, its interfaces, its data and its connections. */
export const SERVICE_NOTES: Readonly<Record<Exclude<ErrorCode, WorkCode>, CodeNote>> = {
  SYSTEM_ERROR_1000: [
    'The process failed for a reason without a specific code.',
    'A step of the start or of the shutdown failed; a part of MAP failed.',
    'Read `original_error` and the stack; give the failure its own code if it recurs.',
  ],
  UNKNOWN_ERROR_1001: [
    'A thrown value that nothing recognises, or data that is not a serialised error.',
    'A plain `Error` of a library; a string that was thrown; a message of another version.',
    'Pass `origin` and `defaultCode` to `convertException`, or register a converter.',
  ],
  OPERATION_TIMEOUT_1002: [
    'A deadline passed before the operation was done.',
    '`AbortSignal.timeout`, a timeout policy, `statement_timeout` of a database.',
    'Retry; raise the deadline if the operation is slow by nature. Pass `origin` for a closer code.',
  ],
  OPERATION_CANCELLED_1003: [
    'The caller cancelled; nothing is broken.',
    'An `AbortController`, a client that closed its connection, a shutdown.',
    'Stop the work and pass the error on; do not retry and do not alarm.',
  ],
  SERVICE_UNAVAILABLE_1005: [
    'A service does not accept work at the moment.',
    'A start or a shutdown in progress, a failed health check, a 503 of one of our services.',
    'Retry with a growing wait; look at the health of the service.',
  ],
  RESOURCE_EXHAUSTED_1006: [
    'The process ran out of something it needs.',
    'Too many open files (`EMFILE`), a worker out of memory, a child that printed too much.',
    'Retry later; raise the limit or lower the concurrency.',
  ],
  STORAGE_FULL_1007: [
    'There is no space left to write to.',
    '`ENOSPC`, an exceeded disk quota, a full disk of a database.',
    'Free space or grow the volume; a retry alone does not help.',
  ],
  FILE_SYSTEM_ERROR_1008: [
    'A file or a folder could not be used.',
    'A missing file (`ENOENT`), missing rights (`EACCES`), a folder in place of a file.',
    'Check the path in `details.path` and the rights of the user the process runs as.',
  ],
  SERIALIZATION_ERROR_1009: [
    'A value could not be turned into text or be copied.',
    'A cycle or a bigint in `JSON.stringify`, a function in `structuredClone`.',
    'Send plain data only.',
  ],
  PROGRAMMING_ERROR_1010: [
    'The code itself is wrong.',
    'A `TypeError` or `ReferenceError`, an unknown error code, a wrong use of an API.',
    'Fix the code at the frame the stack names; never retry.',
  ],
  MULTIPLE_ERRORS_1012: [
    'Several operations failed, for different reasons.',
    '`Promise.any`, a connection tried over IPv4 and IPv6.',
    'Read `details.errors`; a retry helps when it helps one of them.',
  ],

  API_ERROR_2000: [
    'A call of an API failed for a reason without a specific code.',
    'An HTTP client without a status or a known code, a status that maps to nothing closer.',
    'Read `original_error`; retry only what is idempotent.',
  ],
  BAD_REQUEST_2001: [
    'A caller sent us a request that cannot be understood.',
    'A missing parameter, a malformed body.',
    'Tell the caller what is wrong; do not retry.',
  ],
  NOT_FOUND_2002: [
    'What a caller asks us for does not exist.',
    'A wrong identifier, something deleted in the meantime.',
    'Tell the caller; do not retry.',
  ],
  CONFLICT_2004: [
    'A request contradicts the present state.',
    'A change made elsewhere, a thing that exists already.',
    'Read the state again, decide again.',
  ],
  UPSTREAM_ERROR_2010: [
    'An API we call failed on its side.',
    'A 5xx status, `UNAVAILABLE` or `INTERNAL` of gRPC.',
    'Retry with a growing wait, then open the circuit.',
  ],
  UPSTREAM_TIMEOUT_2011: [
    'An API we call did not answer in time.',
    'A client timeout, status 408 or 504, `DEADLINE_EXCEEDED` of gRPC.',
    'Retry; raise the timeout if the call is slow by nature.',
  ],
  UPSTREAM_REJECTED_2012: [
    'An API we call refuses our request.',
    'A 4xx status: wrong credentials of ours, a wrong address, wrong parameters.',
    'Fix the request or our credentials; the caller of our service can do nothing about it.',
  ],
  UPSTREAM_BAD_RESPONSE_2013: [
    'An API we call answered with something unusable.',
    'No JSON, too many redirects, an answer that broke off.',
    'Check the address and the version of the API; look for a proxy in between.',
  ],
  UPSTREAM_STALLED_2014: [
    'A response began, and then nothing came for longer than the idle limit.',
    'An overloaded upstream, a proxy that lost the other side, a network that drops packets.',
    'Retry if the request is safe to repeat; raise `idleTimeoutMs` if the upstream pauses by design.',
  ],

  CONFIGURATION_ERROR_3000: [
    'The configuration cannot be used.',
    'Settings that contradict each other, a configuration that could not be read.',
    'Read the message; start again with the corrected setting.',
  ],
  CONFIG_MISSING_3001: [
    'A needed setting is not there.',
    'An environment variable that is not set, an SDK without an API key.',
    'Set the variable that the message names.',
  ],
  CONFIG_INVALID_3002: [
    'A setting has a value that cannot work.',
    'A port that is taken, a malformed URL, a missing module, a refused login of a database.',
    'Correct the setting; `details.issues` says which ones, where there are several.',
  ],

  VALIDATION_ERROR_3500: [
    'Input breaks a rule.',
    'A value out of range, a string that is not JSON.',
    'Tell the caller; `details.issues` says where.',
  ],
  SCHEMA_MISMATCH_3501: [
    'Input does not have the shape its schema asks for.',
    'A failed check of Zod, ajv or TypeBox.',
    'Tell the caller; `details.issues` has path and sentence of each finding.',
  ],

  AUTH_ERROR_4000: [
    'A caller of ours is not known.',
    'No credentials, wrong credentials.',
    'Ask the caller to sign in.',
  ],
  TOKEN_EXPIRED_4002: [
    'The credentials of a caller are no longer valid.',
    'A token past its time.',
    'Refresh the token, then repeat the request.',
  ],
  PERMISSION_DENIED_4003: [
    'A caller is known but may not do this.',
    'A missing role or scope.',
    'Grant the right or do something else; do not retry.',
  ],

  MEMORY_ERROR_8000: [
    'The memory of an agent failed for a reason without a specific code.',
    'An error of its store that nothing recognises.',
    'Read `original_error`.',
  ],
  MEMORY_WRITE_CONFLICT_8002: [
    'Two writers changed the same memory.',
    'Agents that work at the same time.',
    'Read again, merge, retry.',
  ],
  VECTOR_STORE_UNAVAILABLE_8003: [
    'The vector store does not answer.',
    'An outage, a restart, a wrong address.',
    'Retry with a growing wait; continue without memory where that is possible.',
  ],

  CACHE_ERROR_8500: [
    'A cache failed for a reason without a specific code.',
    'A value that cannot be stored or read.',
    'Continue without the cache.',
  ],
  CACHE_UNAVAILABLE_8501: [
    'A cache does not answer.',
    'An outage, a restart, a wrong address.',
    'Continue without the cache; retry later.',
  ],

  CONNECTION_ERROR_9000: [
    'A network connection failed for a reason without a specific code.',
    'No route to the host, a server that is shutting down.',
    'Retry with a growing wait.',
  ],
  CONNECTION_REFUSED_9001: [
    'Nobody listens at the address.',
    'A service that is not started, a wrong port, a missing socket file.',
    'Check `details.host` and `details.port`; retry while the service starts.',
  ],
  CONNECTION_RESET_9002: [
    'A connection that stood was lost; the request may have been done or not.',
    '`ECONNRESET`, `EPIPE`, a server that was killed, a proxy that closed the connection.',
    'Retry only what is idempotent: `isRetryable(error, { idempotent: true })`.',
  ],
  CONNECTION_TIMEOUT_9003: [
    'A connection was not made, or gave no answer, in time.',
    '`ETIMEDOUT`, a firewall that drops packets, a server that hangs.',
    'Retry; check the network in between.',
  ],
  DNS_FAILURE_9004: [
    'A host name could not be resolved.',
    'A misspelled name, a name server that is down.',
    'Check `details.host`; retry, for name servers recover.',
  ],
  TLS_FAILURE_9005: [
    'No secure connection could be made.',
    'An expired, self-signed or foreign certificate; a server without TLS.',
    'Renew or trust the certificate; never turn the check off.',
  ],
  POOL_EXHAUSTED_9006: [
    'No connection of a pool became free in time.',
    'A pool that is too small, connections that are never given back, `max_connections` reached.',
    'Retry; find what holds the connections; enlarge the pool.',
  ],
  CLIENT_CLOSED_9007: [
    'A client was used after its end.',
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
    'Redis refuses a command.',
    '`WRONGTYPE`, `ERR`, `NOSCRIPT`, `CROSSSLOT`.',
    'Fix the command; `details.reply` has the word of the server.',
  ],
  REDIS_UNAVAILABLE_9101: [
    'Redis is there but takes no commands at the moment.',
    '`LOADING`, `BUSY`, `READONLY`, `CLUSTERDOWN`, `MASTERDOWN`, too many clients, a client that is offline.',
    'Retry with a growing wait.',
  ],
  REDIS_AUTH_FAILED_9102: [
    'Redis does not accept our login or our rights.',
    '`WRONGPASS`, `NOAUTH`, `NOPERM`.',
    'Check user, password and ACL.',
  ],
  REDIS_OUT_OF_MEMORY_9103: [
    'Redis has no memory left for writing.',
    '`OOM`: `maxmemory` is reached and nothing may be evicted.',
    'Raise `maxmemory`, set an eviction policy or expire keys.',
  ],
  REDIS_CONFLICT_9104: [
    'A watched key changed before the transaction.',
    'Another writer.',
    'Read again and retry.',
  ],
  DATABASE_ERROR_9200: [
    'A database refuses a statement.',
    'Wrong SQL, a broken constraint, a missing table.',
    'Fix the statement; `details.system_code` has the SQLSTATE.',
  ],
  DATABASE_CONFLICT_9202: [
    'Two transactions stood in each other’s way.',
    'A deadlock, a serialization failure, a lock that was not available.',
    'Repeat the whole transaction.',
  ],

  RATE_LIMITED_9500: [
    'Too many requests, at our own limit or at that of an API.',
    'Status 429, throttling of AWS, `RESOURCE_EXHAUSTED` of gRPC.',
    'Wait `retryAfterMs`, then retry.',
  ],
  CIRCUIT_OPEN_9501: [
    'A circuit breaker keeps calls away from a service that failed.',
    'Failures of the last seconds (cockatiel, opossum).',
    'Retry after the circuit closes; look at the errors that opened it.',
  ],
  BULKHEAD_FULL_9502: [
    'A limit of concurrent calls is reached.',
    'A burst, calls that are too slow.',
    'Retry; raise the limit if the service can bear it.',
  ],
  RETRIES_EXHAUSTED_9503: [
    'Every attempt failed.',
    'An outage that lasts longer than the retries.',
    'Read the cause, which is the error of the last attempt; do not retry at once.',
  ],
};
