import { isArray, read } from '@map/redaction/kernel';

/** Reads a header of a `Headers`, of an object with `get`, or of a plain object in lower case. */
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
 * Reads how long a server asks to wait.
 *
 * `retry-after-ms` comes first, then `retry-after` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
 *
 * @param limitMs - The longest wait to believe, in milliseconds.
 * @returns Milliseconds from now, or undefined when the server does not say.
 */
export function readRetryAfterMs(headers: unknown, limitMs: number): number | undefined {
  const milliseconds = Number.parseFloat(readHeader(headers, 'retry-after-ms') ?? '');
  if (milliseconds >= 0) return Math.min(Math.round(milliseconds), limitMs);
  const value = readHeader(headers, 'retry-after')?.trim();
  if (!value) return undefined;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, Math.round(wait)), limitMs);
}
