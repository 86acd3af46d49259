import { read } from '../safe/read.ts';
import { ignoreRejection } from './ignore-rejection.ts';

/**
 * Returns what a callback returned where its value is needed at once: an async function is easily
 * passed by mistake, so a promise counts as no value, and its rejection must not end the process.
 *
 * @param returned What the callback returned.
 * @param none The value of a promise; undefined by default.
 * @returns What the callback returned, or `none` for a promise.
 */
export function valueAtOnce<T, N = undefined>(returned: T, none?: N): T | N {
  if (typeof returned !== 'object' || returned === null) return returned;
  // Of any library: the `then` of some starts the work, so it is not called.
  if (typeof read(returned, 'then') !== 'function') return returned;
  ignoreRejection(returned);
  return none as N;
}
