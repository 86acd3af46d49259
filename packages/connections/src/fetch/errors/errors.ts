import { type BaseError, ErrorCode, isBaseError } from '@map/errors/core';
import { errorOf } from '@map/errors/kernel';
import { type ErrorOrigin, timeoutCodes } from '../../core/errors.ts';

type ConvertException = typeof import('@map/errors').convertException;

/** The phase that a call is waiting in. */
export type Phase = 'connect' | 'first_byte' | 'idle' | 'total';

/** The purpose of a connection, which selects the codes of its failures. */
export type FetchOrigin = ErrorOrigin;

/** Where an error happened; goes into its details. */
export interface FetchPlace {
  readonly pool: string;
  readonly origin: FetchOrigin;
  readonly method: string;
  readonly host: string;
  /** Whether the request may be repeated if it may have been executed. */
  readonly repeatable: boolean;
}

/** The code of undici for a socket that did not open in time. */
export const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/**
 * Whether no socket opened in time, or the proxy opened no way: a request itself has no time limit
 * in undici, so that of the headers is the one for `CONNECT`.
 */
export function isConnectTimeout(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === CONNECT_TIMEOUT || code === 'UND_ERR_HEADERS_TIMEOUT';
}

let convertException: ConvertException | undefined;

/** Loads what recognises the errors of Node and undici; nothing fails in their way before. */
export async function loadFetchConversion(): Promise<void> {
  convertException ??= (await import('@map/errors')).convertException;
}

const options: Readonly<Record<Phase, string>> = {
  connect: 'connectTimeoutMs',
  first_byte: 'firstByteTimeoutMs',
  idle: 'idleTimeoutMs',
  total: 'timeoutMs',
};

/**
 * A deadline has passed.
 *
 * No sentence here says "timed out" or "timeout": the SDKs look for these words, and replace such
 * an error by one of theirs. So the option is named in the details.
 */
export function deadlineError(place: FetchPlace, phase: Phase, limitMs: number): BaseError {
  const { method, pool, host, origin } = place;
  const via = `${method} ${host} via "${pool}"`;
  const details = { ...detailsOf(place), phase, timeout_ms: limitMs, option: options[phase] };
  if (phase === 'connect') {
    const message = `${via} found no connection within ${limitMs} ms.`;
    return make(ErrorCode.CONNECTION_TIMEOUT, message, details);
  }
  if (phase === 'first_byte') {
    const message = `${via} got no response within ${limitMs} ms.`;
    // It may still have been executed.
    const extra = place.repeatable ? {} : { retryable: false };
    return make(timeoutCodes[origin] ?? ErrorCode.UPSTREAM_TIMEOUT, message, details, extra);
  }
  if (phase === 'idle') {
    const message = `The response to ${via} stalled: no byte within ${limitMs} ms.`;
    return make(stalledCode(origin), message, details);
  }
  const message = `${via} did not complete within ${limitMs} ms.`;
  return make(ErrorCode.OPERATION_TIMEOUT, message, details, { retryable: place.repeatable });
}

/** The connection may not reach a host. */
export function egressError(pool: string, host: string, reason: string): BaseError {
  return make(
    ErrorCode.EGRESS_BLOCKED,
    `Connection "${pool}" may not reach ${host}: it ${reason}.`,
    { pool, host },
  );
}

/** The circuit of an origin server is open. */
export function circuitError(place: FetchPlace, leftMs: number): BaseError {
  return make(
    ErrorCode.CIRCUIT_OPEN,
    `The circuit of ${place.host} via "${place.pool}" is open; it is tried again in ${Math.ceil(leftMs)} ms.`,
    detailsOf(place),
    { retryAfterMs: Math.ceil(leftMs), stack: false },
  );
}

/** The response cannot be used: too large, not decodable, a redirect to nowhere. */
export function badResponse(place: FetchPlace, what: string, cause?: unknown): BaseError {
  return make(
    place.origin === 'llm' ? ErrorCode.LLM_INVALID_RESPONSE : ErrorCode.UPSTREAM_BAD_RESPONSE,
    `The response to ${place.method} ${place.host} via "${place.pool}" ${what}.`,
    detailsOf(place),
    { originalError: cause, retryable: false },
  );
}

/** The caller's signal ended the call; `AbortSignal.timeout` is a deadline. */
export function abortedError(place: FetchPlace, reason: unknown): BaseError {
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  const code = isLate
    ? (timeoutCodes[place.origin] ?? ErrorCode.UPSTREAM_TIMEOUT)
    : ErrorCode.OPERATION_CANCELLED;
  const message = `${place.method} ${place.host} via "${place.pool}" was aborted by its caller.`;
  return make(code, message, detailsOf(place), { originalError: reason, stack: false });
}

/** The connection was closed before the call could end. */
export function closedError(pool: string): BaseError {
  return make(
    ErrorCode.CLIENT_CLOSED,
    `Connection "${pool}" is closed; get a new fetch from the manager.`,
    { pool },
    { stack: false },
  );
}

/** A status that reports a failure, for the record of the call; the caller gets the response. */
export function statusError(place: FetchPlace, status: number): BaseError {
  return make(
    statusCode(place.origin, status),
    `${place.host} responded with ${status}.`,
    {
      ...detailsOf(place),
      status_code: status,
    },
    { stack: false },
  );
}

/**
 * Turns an error of Node or undici into a coded one.
 *
 * @param hasBegun - Whether part of the response had been returned.
 */
export function transportError(error: unknown, place: FetchPlace, hasBegun: boolean): BaseError {
  if (isBaseError(error)) return error;
  const { origin } = place;
  const details = detailsOf(place);
  const symptom = symptomOf(error);
  if (hasBegun) {
    const code = origin === 'llm' ? ErrorCode.LLM_STREAM_INTERRUPTED : ErrorCode.CONNECTION_RESET;
    const message = `The response to ${place.method} ${place.host} via "${place.pool}" was cut off${symptom}.`;
    return make(code, message, details, { originalError: error });
  }
  const message = `${place.method} ${place.host} via "${place.pool}" failed${symptom}.`;
  const ofProxy = proxyError(error, place);
  if (ofProxy !== undefined) return ofProxy;
  if (isProtocolError(error)) {
    return make(ErrorCode.PROTOCOL_ERROR, message, details, { originalError: error });
  }
  const code = ErrorCode.CONNECTION_ERROR;
  if (convertException === undefined) return make(code, message, details, { originalError: error });
  const converted = convertException(error, {
    origin,
    defaultCode: code,
    defaultMessage: message,
    details,
  });
  if (converted.code !== ErrorCode.CONNECTION_RESET || !place.repeatable) return converted;
  return make(ErrorCode.CONNECTION_RESET, message, details, {
    originalError: error,
    retryable: true,
  });
}

/** The stream that the caller gave as a body has failed. */
export function bodyError(cause: unknown, place: FetchPlace): BaseError {
  if (isBaseError(cause)) return cause;
  const message = `The body of ${place.method} ${place.host} via "${place.pool}" could not be read${symptomOf(cause)}.`;
  const details = detailsOf(place);
  const defaultCode = ErrorCode.UNKNOWN_ERROR;
  if (convertException === undefined) {
    return make(defaultCode, message, details, { originalError: cause });
  }
  return convertException(cause, { defaultCode, defaultMessage: message, details });
}

/** A proxy does not open a way: undici reports the status in the sentence of its error alone. */
function proxyError(error: unknown, place: FetchPlace): BaseError | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'UND_ERR_ABORTED' && code !== 'UND_ERR_INVALID_ARG') return undefined;
  const [, status] =
    /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(String(message)) ?? [];
  if (status === undefined) return undefined;
  const text = `The proxy for ${place.host} of "${place.pool}" responded with ${status}.`;
  const details = { ...detailsOf(place), status_code: Number(status) };
  const retryable = Number(status) >= 500;
  return make(ErrorCode.CONNECTION_ERROR, text, details, { originalError: error, retryable });
}

/**
 * Whether a server broke the protocol in a way that undici reports like a lost socket: a `101` or a
 * `100` that was not requested, or (by an assertion) a status below 100.
 */
function isProtocolError(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'ERR_ASSERTION') return true;
  return code === 'UND_ERR_SOCKET' && (message === 'bad response' || message === 'bad upgrade');
}

function statusCode(origin: FetchOrigin, status: number): ErrorCode {
  const isModel = origin === 'llm';
  if (status === 429) return isModel ? ErrorCode.LLM_RATE_LIMITED : ErrorCode.RATE_LIMITED;
  if (status === 529 && isModel) return ErrorCode.LLM_PROVIDER_OVERLOADED;
  if (status === 408 || status === 504) return timeoutCodes[origin] ?? ErrorCode.UPSTREAM_TIMEOUT;
  if (status >= 500) {
    return isModel ? ErrorCode.LLM_PROVIDER_UNAVAILABLE : ErrorCode.UPSTREAM_ERROR;
  }
  if (!isModel) return ErrorCode.UPSTREAM_REJECTED;
  return status === 401 || status === 403
    ? ErrorCode.LLM_PROVIDER_AUTH_FAILED
    : ErrorCode.LLM_INVALID_REQUEST;
}

function stalledCode(origin: FetchOrigin): ErrorCode {
  return origin === 'llm' ? ErrorCode.LLM_STREAM_INTERRUPTED : ErrorCode.UPSTREAM_STALLED;
}

function detailsOf({ pool, method, host }: FetchPlace): Record<string, unknown> {
  return { pool, method, host };
}

/** The code of Node or undici, such as ENOTFOUND: a word that holds no secret. */
function symptomOf(error: unknown): string {
  let code: unknown;
  try {
    code = (error as { code?: unknown }).code;
  } catch {
    // A value that cannot be read.
  }
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{2,40}$/.test(code) ? `: ${code}` : '';
}

interface Extra {
  readonly originalError?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly stack?: false;
}

function make(
  code: ErrorCode,
  message: string,
  details: Record<string, unknown>,
  extra: Extra = {},
): BaseError {
  return errorOf({ code, message, details, ...extra });
}
