import { valueAtOnce } from '@map/redaction/kernel';

const LATER = Symbol('later');

/**
 * Returns what a format, a serializer or a `toJSON()` returned.
 *
 * @throws {TypeError} If that is a promise: a line is written at once.
 */
export function atOnce<T>(returned: T): T {
  const value = valueAtOnce<T, typeof LATER>(returned, LATER);
  if (value === LATER) throw new TypeError('it returns a promise');
  return value as T;
}
