import {
  APIError,
  BaseError,
  ConfigurationError,
  ConnectionError,
  ErrorCode,
  isBaseError,
  SystemError,
  ValidationError,
} from '@map/errors/core';

type ConvertException = typeof import('@map/errors').convertException;

let convertException: ConvertException | undefined;

/**
 * Loads what recognises the errors of libraries. It is most of `@map/errors`, and needed only once
 * something is opened: nothing fails in a library's way before.
 */
export async function loadConversion(): Promise<void> {
  convertException ??= (await import('@map/errors')).convertException;
}

/** Where an error happened; goes into its details. */
export interface Place {
  readonly pool: string;
  readonly kind: string;
  readonly operation?: string;
  /** Whether the operation may be repeated when nobody knows if it was carried out. */
  readonly repeatable?: boolean;
  /** What happened, where more is known than that it failed. */
  readonly message?: string | undefined;
}

const origins: Readonly<Record<string, { origin: 'redis' | 'api' }>> = {
  redis: { origin: 'redis' },
  http: { origin: 'api' },
};

/**
 * Turns what a library threw into a coded error that names the connection and the operation.
 *
 * @param error - What was thrown.
 * @param place - Where it happened.
 * @returns The same error when it has a code already, else a new one that carries it as cause.
 */
export function coded(error: unknown, place: Place): BaseError {
  if (isBaseError(error)) return error;
  const { pool, operation } = place;
  const details = operation === undefined ? { pool } : { pool, operation };
  const code = fallbackCode(place);
  const message = place.message ?? `${place.kind} connection "${pool}" failed${symptom(error)}.`;
  if (convertException === undefined) {
    return new BaseError({ code, message, details, originalError: error });
  }
  const converted = convertException(error, {
    ...origins[place.kind],
    defaultCode: code,
    defaultMessage: message,
    details,
  });
  if (converted.code === ErrorCode.UPSTREAM_TIMEOUT && place.repeatable === false) {
    return new APIError({
      code: ErrorCode.UPSTREAM_TIMEOUT,
      message: converted.message,
      details: converted.details,
      originalError: error,
      retryAfterMs: converted.retryAfterMs,
      // It may have been carried out all the same.
      retryable: false,
    });
  }
  if (converted.code !== ErrorCode.CONNECTION_RESET) return converted;
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: converted.message,
    details,
    originalError: error,
    // Otherwise the code stays conditional: the caller may know that a repetition does no harm.
    ...(place.repeatable && { retryable: true }),
  });
}

/** What a failure is called by Node or the server, such as ENOTFOUND: a word that holds no secret. */
function symptom(error: unknown): string {
  try {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (/^[A-Z][A-Z\d_]{2,40}$/.test(String(code))) return `: ${code}`;
    const [reply] = /^[A-Z]{4,20}(?= )/.exec(String(message)) ?? [];
    return reply === undefined ? '' : `: ${reply}`;
  } catch {
    // A value that cannot be read, or none.
    return '';
  }
}

/** A setting or an argument cannot be used. */
export function invalid(
  message: string,
  details: Record<string, unknown> = {},
  originalError?: unknown,
): BaseError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message,
    details,
    originalError,
  });
}

/** An argument of a call cannot be used. */
export function badArgument(message: string, details: Record<string, unknown> = {}): BaseError {
  return new ValidationError({ code: ErrorCode.VALIDATION_ERROR, message, details });
}

/** The connection, or the whole manager, has been closed. */
export function closed(pool: string, operation?: string): BaseError {
  return new ConnectionError({
    code: ErrorCode.CLIENT_CLOSED,
    message: `Connection "${pool}" is closed; take a new one from the manager.`,
    details: operation === undefined ? { pool } : { pool, operation },
    stack: false,
  });
}

/** The caller gave the operation up. */
export function cancelled(place: Place, reason: unknown): BaseError {
  return new SystemError({
    code: ErrorCode.OPERATION_CANCELLED,
    message: `${place.operation ?? 'Operation'} on connection "${place.pool}" was cancelled.`,
    details: { pool: place.pool, ...(place.operation && { operation: place.operation }) },
    originalError: reason,
  });
}

/** The connection went away while the operation was under way. */
export function lost(place: Place, cause?: unknown): BaseError {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: `Connection "${place.pool}" was lost during ${place.operation}; it is not known whether that was carried out.`,
    details: { pool: place.pool, operation: place.operation },
    originalError: cause,
    ...(place.repeatable && { retryable: true }),
  });
}

/** The server did not answer in time. */
export function noReply(place: Place, timeoutMs: number): BaseError {
  if (place.kind === 'http') {
    return new APIError({
      code: ErrorCode.UPSTREAM_TIMEOUT,
      message: `${place.operation} over client "${place.pool}" got no whole answer within ${timeoutMs} ms.`,
      details: { pool: place.pool, operation: place.operation, timeout_ms: timeoutMs },
      // A POST may have been carried out all the same.
      retryable: place.repeatable ?? true,
    });
  }
  return new ConnectionError({
    code: ErrorCode.CONNECTION_TIMEOUT,
    message: `${place.operation} on connection "${place.pool}" got no answer within ${timeoutMs} ms.`,
    details: { pool: place.pool, operation: place.operation, timeout_ms: timeoutMs },
  });
}

function fallbackCode({ kind, operation }: Place): ErrorCode {
  if (kind === 'redis') return ErrorCode.REDIS_ERROR;
  if (kind === 'http') return ErrorCode.API_ERROR;
  // Of a registered connection nothing is known, but that it should have opened.
  return operation === 'connect' ? ErrorCode.CONNECTION_ERROR : ErrorCode.UNKNOWN_ERROR;
}
