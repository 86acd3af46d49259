/**
 * Decides whether and when a request is sent again.
 *
 * The headers are those of the providers' own SDKs: `x-should-retry` says whether, `retry-after-ms`
 * and `retry-after` say when, and the reset of an exhausted rate limit says when where neither does.
 */

/** Limits of the repetitions of one request. */
export interface RetryLimits {
  /** Repetitions at most. */
  readonly retries: number;
  /** Longest wait that a server may ask for, in milliseconds. */
  readonly maxRetryAfterMs: number;
  /** Longest delay by our own choice, in milliseconds. */
  readonly maxRetryDelayMs: number;
}

const retriedStatuses: ReadonlySet<number> = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);

/**
 * Whether a status asks for a repetition.
 *
 * @param headers - `x-should-retry` decides where the server sends it.
 */
export function asksForRetry(status: number, headers: Headers): boolean {
  if (status < 400) return false;
  const wish = headers.get('x-should-retry');
  if (wish === 'true') return true;
  if (wish === 'false') return false;
  return retriedStatuses.has(status) || (status > 500 && status !== 501 && status !== 505);
}

/**
 * Reads how long a server asks to wait.
 *
 * @param now - The time in milliseconds since 1970.
 * @returns Milliseconds from now, or undefined if the server does not say.
 */
export function requestedWaitMs(status: number, headers: Headers, now: number): number | undefined {
  const milliseconds = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds;
  const after = headers.get('retry-after')?.trim();
  if (after) {
    const wait = /^\d+(?:\.\d+)?$/.test(after) ? Number(after) * 1_000 : dateMs(after) - now;
    if (!Number.isNaN(wait)) return Math.max(0, wait);
  }
  return status === 429 ? longestReset(headers, now) : undefined;
}

const resets = /^(?:x-ratelimit-reset(?:-[\w-]+)?|anthropic-ratelimit-[\w-]+-reset)$/;

/** The reset of the rate limits that are used up; the longest, since all of them must be free. */
function longestReset(headers: Headers, now: number): number | undefined {
  let longest: number | undefined;
  for (const [name, value] of headers) {
    if (!resets.test(name) || !isExhausted(headers, name)) continue;
    const wait = resetMs(value, now);
    if (wait !== undefined && (longest === undefined || wait > longest)) longest = wait;
  }
  return longest;
}

/** Whether the limit is used up: nothing remains, or the remainder is unknown. */
function isExhausted(headers: Headers, name: string): boolean {
  const remaining = headers.get(name.replace('reset', 'remaining'));
  return remaining === null || Number(remaining) <= 0;
}

const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/**
 * Reads a point in time or a duration: `6m0s`, `20ms`, `1.5`, seconds since 1970, or a date.
 *
 * @returns Milliseconds from now.
 */
export function resetMs(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    // Seconds from now, seconds since 1970, or milliseconds since 1970, by their size.
    if (number < 1e8) return number * 1_000;
    return Math.max(0, (number < 1e11 ? number * 1_000 : number) - now);
  }
  if (/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) {
    let sum = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
      sum += Number(amount) * (units[unit ?? ''] ?? 0);
    }
    return sum;
  }
  const at = dateMs(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Reads a date of HTTP or ISO 8601; `Date.parse` alone takes nearly any string for one. */
function dateMs(text: string): number {
  return /^[A-Z][a-z]{2,8}, |^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
}

/**
 * Chooses the delay before the next attempt.
 *
 * @param attempt - Attempts made so far, from 1.
 * @param requestedMs - The delay that the server asked for.
 * @returns Milliseconds, or undefined if the server asks for more than is waited.
 */
export function retryDelayMs(
  attempt: number,
  requestedMs: number | undefined,
  { maxRetryAfterMs, maxRetryDelayMs }: RetryLimits,
): number | undefined {
  if (requestedMs !== undefined) {
    if (requestedMs > maxRetryAfterMs) return undefined;
    // Callers that were refused together would otherwise come back together.
    return requestedMs * (1 + Math.random() / 10);
  }
  const ceiling = Math.min(maxRetryDelayMs, 500 * 2 ** Math.min(attempt - 1, 20));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
