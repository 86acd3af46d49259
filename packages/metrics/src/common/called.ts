import { valueAtOnce } from '@map/redaction/kernel';

/**
 * Calls a function of the application.
 *
 * @returns What it returns; undefined if it throws, returns a promise or is missing.
 */
export function called<A extends readonly unknown[], T>(
  callback: ((...args: A) => T) | undefined,
  ...args: A
): T | undefined {
  try {
    return valueAtOnce(callback?.(...args));
  } catch {
    return undefined;
  }
}
