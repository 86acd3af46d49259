/**
 * Names a failure for an `error_type` label: the error's code if it has one, otherwise its HTTP
 * status, the code of the failed connection that caused it, or its class. The message is not used, because each would make a series.
 *
 * @param error The error.
 * @returns A short name such as `LLM_RATE_LIMITED_5001`, `ECONNRESET` or `TypeError`.
 */
export function errorType(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return typeof error;
    const { code, name } = error as { code?: unknown; name?: unknown };
    const status = statusOf(error as Readonly<Record<string, unknown>>);
    // Some providers write the status as the code.
    const isName = typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) && !/^\d+$/.test(code);
    if (isName) return code;
    if (status !== undefined) return `http_${status}`;
    const cause = codeOfCause(error as Caused);
    if (cause !== undefined) return cause;
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
    return error.constructor?.name ?? 'Error';
  } catch {
    return 'unreadable';
  }
}

interface Caused {
  readonly cause?: unknown;
  readonly code?: unknown;
}

/** The code of what went wrong with a connection, which clients wrap twice: `ECONNRESET`. */
function codeOfCause({ cause }: Caused, depth = 4): string | undefined {
  if (typeof cause !== 'object' || cause === null || depth === 0) return undefined;
  const { code } = cause as Caused;
  if (typeof code === 'string' && /^(E[A-Z_]{3,40}|UND_ERR_[A-Z_]{1,40})$/.test(code)) return code;
  return codeOfCause(cause, depth - 1);
}

/** The HTTP status of an error, under the names that libraries use. */
function statusOf(error: Readonly<Record<string, unknown>>): number | undefined {
  const { response, $metadata } = error as { response?: unknown; $metadata?: unknown };
  const candidates = [
    error['status'],
    error['statusCode'],
    error['status_code'],
    error['code'],
    (response as { status?: unknown } | undefined)?.status,
    ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode,
  ];
  return candidates.find(
    (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 400 && value < 600,
  );
}
