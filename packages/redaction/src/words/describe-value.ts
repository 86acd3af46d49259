import { isArray } from '../safe/read.ts';

/**
 * Describes a wrong value for the message of an error: numbers, booleans and missing values as they
 * are. Anything else may hold a secret, so only its kind is named.
 *
 * @param value Any value.
 * @returns Such as `7`, `undefined`, `a string`, `an array` or `an instance of Date`.
 */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = classNameOf(value);
  return name === undefined || name === 'Object' ? 'an object' : `an instance of ${name}`;
}

function classNameOf(value: object): string | undefined {
  try {
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && /^[\w$]{1,80}$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}
