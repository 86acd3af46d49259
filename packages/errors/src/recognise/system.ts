import { readNumber, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { ConnectionDetails } from '../codes/error-details.ts';
import { redactedField } from '../describe/redacted.ts';
import type { ErrorOrigin, Recogniser } from './recognition.ts';

const RESET = ErrorCode.CONNECTION_RESET;
const TIMEOUT = ErrorCode.CONNECTION_TIMEOUT;
const LATE = ErrorCode.UPSTREAM_TIMEOUT;
const DNS = ErrorCode.DNS_FAILURE;
const NETWORK = ErrorCode.CONNECTION_ERROR;
const FILES = ErrorCode.FILE_SYSTEM_ERROR;
const EXHAUSTED = ErrorCode.RESOURCE_EXHAUSTED;
const CONFIG = ErrorCode.CONFIG_INVALID;

const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: ErrorCode.CONNECTION_REFUSED,

  ECONNRESET: RESET,
  ECONNABORTED: RESET,
  EPIPE: RESET,
  ENOTCONN: RESET,
  ESHUTDOWN: RESET,
  UND_ERR_SOCKET: RESET,
  ERR_STREAM_PREMATURE_CLOSE: RESET,
  ERR_SOCKET_CLOSED: RESET,

  ETIMEDOUT: TIMEOUT,
  ESOCKETTIMEDOUT: TIMEOUT,
  UND_ERR_CONNECT_TIMEOUT: TIMEOUT,
  ERR_SOCKET_CONNECTION_TIMEOUT: TIMEOUT,
  UND_ERR_HEADERS_TIMEOUT: LATE,
  UND_ERR_BODY_TIMEOUT: LATE,

  ENOTFOUND: DNS,
  ETIMEOUT: DNS,
  ESERVFAIL: DNS,
  ENODATA: DNS,
  EREFUSED: DNS,
  EBADRESP: DNS,

  EHOSTUNREACH: NETWORK,
  EHOSTDOWN: NETWORK,
  ENETUNREACH: NETWORK,
  ENETDOWN: NETWORK,
  ENETRESET: NETWORK,

  EPROTO: ErrorCode.TLS_FAILURE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ErrorCode.TLS_FAILURE,
  UND_ERR_CLOSED: ErrorCode.CLIENT_CLOSED,
  UND_ERR_DESTROYED: ErrorCode.CLIENT_CLOSED,
  ERR_IPC_CHANNEL_CLOSED: ErrorCode.CLIENT_CLOSED,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ErrorCode.PROTOCOL_ERROR,
  UND_ERR_HEADERS_OVERFLOW: ErrorCode.PROTOCOL_ERROR,
  UND_ERR_ABORTED: ErrorCode.OPERATION_CANCELLED,
  ABORT_ERR: ErrorCode.OPERATION_CANCELLED,

  ENOSPC: ErrorCode.STORAGE_FULL,
  EDQUOT: ErrorCode.STORAGE_FULL,
  EMFILE: EXHAUSTED,
  ENFILE: EXHAUSTED,
  ENOMEM: EXHAUSTED,
  EAGAIN: EXHAUSTED,
  ERR_WORKER_OUT_OF_MEMORY: EXHAUSTED,
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER: EXHAUSTED,

  ENOENT: FILES,
  EACCES: FILES,
  EPERM: FILES,
  EISDIR: FILES,
  ENOTDIR: FILES,
  EEXIST: FILES,
  ENOTEMPTY: FILES,
  EROFS: FILES,
  EXDEV: FILES,
  ELOOP: FILES,
  ENAMETOOLONG: FILES,
  EBUSY: FILES,
  EBADF: FILES,
  EIO: FILES,
  EFBIG: FILES,
  ERR_FS_FILE_TOO_LARGE: FILES,
  ERR_FS_EISDIR: FILES,

  EADDRINUSE: CONFIG,
  EADDRNOTAVAIL: CONFIG,
  ERR_INVALID_URL: CONFIG,
  ERR_UNSUPPORTED_PROTOCOL: CONFIG,
  MODULE_NOT_FOUND: CONFIG,
  ERR_MODULE_NOT_FOUND: CONFIG,
  ERR_PACKAGE_PATH_NOT_EXPORTED: CONFIG,
  ERR_SOCKET_BAD_PORT: CONFIG,
  ERR_DLOPEN_FAILED: CONFIG,
};

const PATTERNS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/(?:^|_)CERT(?:_|$)|^ERR_TLS_|^ERR_SSL_/, ErrorCode.TLS_FAILURE],
  [/^HPE_|^ERR_HTTP2?_/, ErrorCode.PROTOCOL_ERROR],
  [/^EAI_/, DNS],
];

/**
 * Finds our code for a code of Node, libuv or undici.
 *
 * @param code - Such as `ECONNREFUSED`.
 * @param error - Where its `syscall` may be read, which tells a file from a socket.
 */
export function systemCode(code: string, error: object): ErrorCode | undefined {
  // superagent and others, which abort a request after their own limit.
  if (code === 'ECONNABORTED' && readNumber(error, 'timeout') !== undefined) return LATE;
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (known === FILES) return byCall(readString(error, 'syscall') ?? '');
  return known ?? PATTERNS.find(([pattern]) => pattern.test(code))?.[1];
}

// A missing program or a forbidden port is a setting; a missing socket file is a server not there.
function byCall(call: string): ErrorCode {
  if (call === 'connect') return ErrorCode.CONNECTION_REFUSED;
  if (call === 'listen' || call === 'bind' || call.startsWith('spawn')) return CONFIG;
  return FILES;
}

/** Whether a code is one of zlib's, for a body that it cannot decompress: gzip, Brotli or zstd. */
export function isBrokenBody(code: string | undefined): boolean {
  return code !== undefined && /^(?:Z_|ZSTD_error_|ERR__ERROR_)/.test(code);
}

const SERVICES: ReadonlySet<unknown> = new Set<ErrorOrigin>([
  'llm',
  'api',
  'memory',
  'cache',
  'redis',
  'database',
]);

/** Whether an origin is a service that was called, so that data which cannot be read came from it. */
export function isService(origin: ErrorOrigin | undefined): boolean {
  return SERVICES.has(origin);
}

/** The code of a response that cannot be used. */
export function unusableResponse(origin: ErrorOrigin | undefined): ErrorCode {
  return origin === 'llm' ? ErrorCode.LLM_INVALID_RESPONSE : ErrorCode.UPSTREAM_BAD_RESPONSE;
}

/** Node's own errors and undici's, by their string `code`; a number there means something else. */
export const recogniseSystem: Recogniser = (error, { origin }) => {
  const code = readString(error, 'code');
  if (code === undefined || code.length > 60) {
    // undici names its parser's errors and mostly leaves their code undefined.
    const parser = readString(error, 'name') === 'HTTPParserError';
    return parser ? { code: ErrorCode.PROTOCOL_ERROR } : undefined;
  }
  // node-fetch and superagent; without an origin it may be a file of the application.
  const isHttp = isService(origin) || readString(error, 'name') === 'FetchError';
  if (isHttp && isBrokenBody(code)) return { code: unusableResponse(origin) };
  const found = systemCode(code, error);
  return found === undefined ? undefined : { code: found, details: detailsOf(error, code) };
};

function detailsOf(error: object, code: string): ConnectionDetails {
  const details: ConnectionDetails = { system_code: code };
  const call = shortString(readString(error, 'syscall'), 40);
  // The syscall of a child process repeats its command line.
  if (call) details.syscall = call.split(' ', 1)[0] ?? call;
  const host = readString(error, 'hostname') ?? readString(error, 'address');
  if (host) details.host = redactedField(host, 200);
  const port = readNumber(error, 'port');
  if (port !== undefined) details.port = port;
  const path = readString(error, 'path');
  if (path && details.syscall !== 'spawn') details['path'] = redactedField(path, 300);
  return details;
}
