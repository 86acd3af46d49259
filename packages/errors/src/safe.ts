import { isNativeError as isNative } from 'node:util/types';

/** A foreign object: nothing is known of it, and every read of it may throw. */
export type Foreign = object;

/**
 * Reads one property of anything, without ever throwing.
 *
 * @returns The value, or undefined when there is none or its getter throws.
 */
export function read(value: unknown, key: PropertyKey): unknown {
  if (!isObject(value)) return undefined;
  try {
    return (value as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Reads a property that should be a string. */
export function readString(value: unknown, key: PropertyKey): string | undefined {
  const found = read(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** Reads a property that should be a finite number. */
export function readNumber(value: unknown, key: PropertyKey): number | undefined {
  const found = read(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** Says whether a value has properties of its own: an object or a function. */
export function isObject(value: unknown): value is Foreign {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Says whether a property exists, own or inherited, without ever throwing. */
export function has(value: unknown, key: PropertyKey): boolean {
  try {
    return isObject(value) && key in value;
  } catch {
    return false;
  }
}

/** Says whether a value is an error, from whichever realm; a proxy of one is not. */
export function isNativeError(value: unknown): value is Error {
  return isNative(value);
}

/** Turns a value into a non-empty string of at most `limit` characters, or into undefined. */
export function shortString(value: unknown, limit = 200): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  return value.length > limit ? `${value.slice(0, limit - 1)}…` : value;
}

/** Says whether an array is one, a revoked proxy being none. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Gives the first items of an array, whatever it does when asked; undefined when it is none. */
export function firstItems(value: unknown, limit: number): unknown[] | undefined {
  if (!isArray(value)) return undefined;
  const length = Math.min(readNumber(value, 'length') ?? 0, limit);
  return Array.from({ length }, (_, index) => read(value, index));
}
