import { isArray, read } from '@map/redaction/kernel';

/** Reads a header of a `Headers`, of another object with `get`, or of a plain object in lower case. */
export function readHeader(headers: unknown, name: string): string | undefined {
  const get = read(headers, 'get');
  let value: unknown;
  try {
    value = typeof get === 'function' ? get.call(headers, name) : read(headers, name);
  } catch {
    return undefined;
  }
  if (isArray(value)) value = read(value, 0);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= 200 ? value : undefined;
}

/**
 * Reads how long a server asks the caller to wait.
 *
 * `retry-after-ms` comes first, then `retry-after` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
 *
 * @param limitMs - The longest wait to accept, in milliseconds.
 * @returns Milliseconds from now, or undefined if the server does not say.
 */
export function readRetryAfterMs(headers: unknown, limitMs: number): number | undefined {
  const milliseconds = Number.parseFloat(readHeader(headers, 'retry-after-ms') ?? '');
  if (milliseconds >= 0) return Math.min(Math.round(milliseconds), limitMs);
  const value = readHeader(headers, 'retry-after')?.trim();
  if (!value) return undefined;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, Math.round(wait)), limitMs);
}

const RESETS: readonly (readonly [reset: string, remaining: string])[] = [
  // OpenAI, Groq and others: https://platform.openai.com/docs/guides/rate-limits
  ['x-ratelimit-reset-requests', 'x-ratelimit-remaining-requests'],
  ['x-ratelimit-reset-tokens', 'x-ratelimit-remaining-tokens'],
  // Anthropic: https://docs.anthropic.com/en/api/rate-limits
  ['anthropic-ratelimit-requests-reset', 'anthropic-ratelimit-requests-remaining'],
  ['anthropic-ratelimit-tokens-reset', 'anthropic-ratelimit-tokens-remaining'],
  ['anthropic-ratelimit-input-tokens-reset', 'anthropic-ratelimit-input-tokens-remaining'],
  ['anthropic-ratelimit-output-tokens-reset', 'anthropic-ratelimit-output-tokens-remaining'],
  ['x-ratelimit-reset', 'x-ratelimit-remaining'],
  ['ratelimit-reset', 'ratelimit-remaining'],
];

/**
 * Reads when the limit that refused a request is reset: the one of which nothing remains, otherwise
 * the last of all.
 *
 * @param limitMs - The longest wait to accept, in milliseconds.
 * @returns Milliseconds from now, or undefined if the server does not say.
 */
export function readLimitResetMs(headers: unknown, limitMs: number): number | undefined {
  const waits = RESETS.map(([reset, remaining]) => ({
    wait: parseReset(readHeader(headers, reset)),
    used: readHeader(headers, remaining) === '0',
  }));
  const used = waits.filter((entry) => entry.used && entry.wait !== undefined);
  const counted = (used.length > 0 ? used : waits).map(({ wait }) => wait ?? -1);
  const longest = Math.max(...counted);
  return longest < 0 ? undefined : Math.min(Math.round(longest), limitMs);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The largest number of seconds that is a wait; larger ones are times since 1970. */
const MAX_SECONDS = 1_000_000_000;

/** Parses `6m0s`, `120ms`, seconds, seconds since 1970, or a date. */
function parseReset(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    if (seconds < MAX_SECONDS) return seconds * 1000;
    return Math.max(0, (seconds > 1e11 ? seconds : seconds * 1000) - Date.now());
  }
  if (/^(?:\d+(?:\.\d+)?(?:ms|[smhd])){1,6}$/.test(text)) {
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
    return [...parts].reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ''] ?? 0), 0);
  }
  const date = /^\d{4}-\d{2}-\d{2}T|^\w{3}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
