import { isArray, isObject, read } from '@map/redaction/kernel';
import { parseWait } from './wait.ts';

/** Reads a header of a `Headers`, of another object with `get`, or of a plain object. */
export function readHeader(headers: unknown, name: string): string | undefined {
  const get = read(headers, 'get');
  let value: unknown;
  try {
    value = typeof get === 'function' ? get.call(headers, name) : readAnyCase(headers, name);
  } catch {
    return undefined;
  }
  if (isArray(value)) value = read(value, 0);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= 200 ? value : undefined;
}

function readAnyCase(headers: unknown, name: string): unknown {
  const found = read(headers, name);
  if (found !== undefined || !isObject(headers) || isArray(headers)) return found;
  const key = Object.keys(headers).find((key) => key.toLowerCase() === name);
  return key === undefined ? undefined : read(headers, key);
}

/**
 * Reads how long a server asks the caller to wait.
 *
 * `retry-after-ms` (`x-ms-retry-after-ms` of Azure) comes first, then `retry-after` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
 *
 * @param limitMs - The longest wait to accept, in milliseconds.
 * @returns Milliseconds from now, or undefined if the server does not say.
 */
export function readRetryAfterMs(headers: unknown, limitMs: number): number | undefined {
  const milliseconds = Number.parseFloat(
    readHeader(headers, 'retry-after-ms') ?? readHeader(headers, 'x-ms-retry-after-ms') ?? '',
  );
  if (milliseconds >= 0) return Math.min(Math.round(milliseconds), limitMs);
  const wait = parseWait(readHeader(headers, 'retry-after'));
  return wait === undefined ? undefined : Math.min(Math.round(wait), limitMs);
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
  ['anthropic-priority-input-tokens-reset', 'anthropic-priority-input-tokens-remaining'],
  ['anthropic-priority-output-tokens-reset', 'anthropic-priority-output-tokens-remaining'],
  // Mistral
  ['ratelimitbysize-reset', 'ratelimitbysize-remaining'],
  ['x-ratelimit-reset', 'x-ratelimit-remaining'],
  ['x-rate-limit-reset', 'x-rate-limit-remaining'],
  ['x-ratelimit-reset-after', 'x-ratelimit-remaining'],
  ['ratelimit-reset', 'ratelimit-remaining'],
];

/** Those of one span, as Cerebras and SambaNova have them: the limit of a day counts if it is used up. */
const SPANS: typeof RESETS = ['requests', 'tokens'].flatMap((what) =>
  ['minute', 'hour', 'day'].map(
    (span) =>
      [`x-ratelimit-reset-${what}-${span}`, `x-ratelimit-remaining-${what}-${span}`] as const,
  ),
);

/**
 * Reads when the limit that refused a request is reset: the one of which nothing remains, otherwise
 * the last of all.
 *
 * @param limitMs - The longest wait to accept, in milliseconds.
 * @returns Milliseconds from now, or undefined if the server does not say.
 */
export function readLimitResetMs(headers: unknown, limitMs: number): number | undefined {
  const used = [...RESETS, ...SPANS].filter(([, remaining]) => isUsedUp(headers, remaining));
  const waitsOf = (limits: typeof RESETS): number[] =>
    limits.flatMap(([reset]) => parseWait(readHeader(headers, reset)) ?? []);
  const waits = [...waitsOf(used), ...structuredWaits(headers)];
  const longest = Math.max(-1, ...(waits.length > 0 ? waits : waitsOf(RESETS)));
  return longest < 0 ? undefined : Math.min(Math.round(longest), limitMs);
}

function isUsedUp(headers: unknown, name: string): boolean {
  const remaining = readHeader(headers, name)?.trim();
  return remaining !== undefined && remaining !== '' && Number(remaining) <= 0;
}

/** `RateLimit: "default";r=0;t=30`, and `limit=10, remaining=0, reset=30` of earlier drafts. */
function structuredWaits(headers: unknown): number[] {
  const value = readHeader(headers, 'ratelimit') ?? '';
  const early = /\bremaining=0\b.*\breset=(\d{1,12})\b/.exec(value)?.[1];
  if (early !== undefined) return [parseWait(early) ?? 0];
  return value.split(',').flatMap((policy) => {
    if (!/;\s*r=0\b/.test(policy)) return [];
    return parseWait(/;\s*t=(\d{1,12})\b/.exec(policy)?.[1]) ?? [];
  });
}
