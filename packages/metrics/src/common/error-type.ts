/**
 * Names a failure for an `error_type` label: the error's code where it has one, else its class;
 * never its message, which would make a series per failure.
 *
 * @param error What was thrown.
 * @returns A short name such as `LLM_RATE_LIMITED_5001`, `ECONNRESET` or `TypeError`.
 */
export function errorType(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return typeof error;
    const { code, name, status } = error as { code?: unknown; name?: unknown; status?: unknown };
    if (typeof code === 'string' && /^[\w.-]{1,64}$/.test(code)) return code;
    if (typeof status === 'number' && Number.isInteger(status)) return `http_${status}`;
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
    return error.constructor?.name ?? 'Error';
  } catch {
    return 'unreadable';
  }
}
