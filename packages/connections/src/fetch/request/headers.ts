import { isValidHeader } from '../../core/header-syntax.ts';

/** The headers of a request by their name in lower case. */
export type RequestHeaders = Map<string, string>;

/**
 * Reads headers as `new Headers()` does.
 *
 * Most callers give an object of strings. It is read here, in a quarter of the time; whatever needs
 * a conversion, is given twice or cannot be sent is left to that class.
 *
 * @throws TypeError for a header that cannot be sent.
 */
export function readHeaders(given: RequestInit['headers']): RequestHeaders {
  const headers = readPlain(given);
  if (headers !== undefined) return headers;
  try {
    return new Map(new Headers(given));
  } catch (error) {
    const name = nameOfInvalid(given);
    if (name === undefined) throw error;
    // Node's message quotes the value, which is often a key with a line break.
    const part = isValidHeader(name, '') ? `the value of "${name}"` : 'one of the names';
    throw new TypeError(`\`headers\` must hold what HTTP allows: ${part} cannot be sent.`);
  }
}

function nameOfInvalid(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const pairs = Symbol.iterator in given ? [...(given as [])] : Object.entries(given);
  const invalid = pairs.find(([name, value]) => !isValidHeader(name, String(value).trim()));
  return invalid?.[0];
}

function readPlain(given: unknown): RequestHeaders | undefined {
  if (given === undefined) return new Map();
  if (typeof given !== 'object' || given === null) return undefined;
  if (Object.getPrototypeOf(given) !== Object.prototype) return undefined;
  if (Object.getOwnPropertySymbols(given).length > 0) return undefined;
  const headers: RequestHeaders = new Map();
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const key = name.toLowerCase();
    if (typeof value !== 'string' || headers.has(key)) return undefined;
    if (!isValidHeader(name, value) || value !== value.trim()) return undefined;
    headers.set(key, value);
  }
  return headers;
}
