/**
 * Names a failure for an `error_type` label: the error's code if it has one, otherwise its HTTP
 * status or its class. The message is not used, because each would make a series.
 *
 * @param error The error.
 * @returns A short name such as `LLM_RATE_LIMITED_5001`, `ECONNRESET` or `TypeError`.
 */
export function errorType(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return typeof error;
    const { code, name } = error as { code?: unknown; name?: unknown };
    const status = statusOf(error as Readonly<Record<string, unknown>>);
    if (typeof code === 'string' && /^[\w.-]{1,64}$/.test(code)) return code;
    if (status !== undefined) return `http_${status}`;
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
    return error.constructor?.name ?? 'Error';
  } catch {
    return 'unreadable';
  }
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
