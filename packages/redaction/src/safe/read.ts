// Not an import: settings, and this package with them, must load in a browser.
const types = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.(
  'node:util/types',
);
const isNative: (value: unknown) => value is Error =
  types?.isNativeError ?? ((value) => value instanceof Error);

/** Returns whether a value is a `Map` of any realm. */
export const isMap: (value: unknown) => value is Map<unknown, unknown> =
  types?.isMap ?? ((value) => value instanceof Map);

/** Returns whether a value is a `Set` of any realm. */
export const isSet: (value: unknown) => value is Set<unknown> =
  types?.isSet ?? ((value) => value instanceof Set);

/**
 * Reads a property of any value without throwing.
 *
 * @param value Any value.
 * @param key The property's name.
 * @returns The property's value, or undefined if it is missing or its getter throws.
 */
export function read(value: unknown, key: PropertyKey): unknown {
  if (!isObject(value)) return undefined;
  try {
    return (value as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Reads a property; returns undefined unless it is a string. */
export function readString(value: unknown, key: PropertyKey): string | undefined {
  const found = read(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** Reads a property; returns undefined unless it is a finite number. */
export function readNumber(value: unknown, key: PropertyKey): number | undefined {
  const found = read(value, key);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** Returns whether a value is an object or a function. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Returns whether a property exists, own or inherited, without throwing. */
export function has(value: unknown, key: PropertyKey): boolean {
  try {
    return isObject(value) && key in value;
  } catch {
    return false;
  }
}

/** Returns whether a value is an error of any realm; a proxy of an error is not. */
export function isNativeError(value: unknown): value is Error {
  return isNative(value);
}

/** Returns whether a value is an `AbortSignal`, also of another realm such as that of jsdom. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  return (
    typeof read(value, 'aborted') === 'boolean' &&
    typeof read(value, 'addEventListener') === 'function' &&
    typeof read(value, 'removeEventListener') === 'function'
  );
}

/** Returns whether a value is an array, without throwing for a revoked proxy. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Returns the first items of an array without throwing.
 *
 * @param value Any value.
 * @param limit The largest number of items to read.
 * @returns The items (undefined for one that throws), or undefined if `value` is not an array.
 */
export function firstItems(value: unknown, limit: number): unknown[] | undefined {
  if (!isArray(value)) return undefined;
  const length = Math.min(readNumber(value, 'length') ?? 0, limit);
  return Array.from({ length }, (_, index) => read(value, index));
}

/**
 * Turns a string, number or boolean into a short string.
 *
 * @param value Any value.
 * @param limit The largest length in characters; a longer string is cut with an ellipsis.
 * @returns The string, or undefined for an empty string and any other type.
 */
export function shortString(value: unknown, limit = 200): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '') return undefined;
  return value.length > limit ? `${value.slice(0, limit - 1)}…` : value;
}
