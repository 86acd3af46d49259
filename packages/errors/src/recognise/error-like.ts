import { isNativeError, readString } from '@map/redaction/kernel';

/**
 * Returns whether a value is an error, also one whose class is a function in the style before classes,
 * as in node-fetch 2 and request-promise.
 */
export function isErrorLike(value: unknown): value is object {
  return (
    isNativeError(value) ||
    ['name', 'message', 'stack'].every((key) => readString(value, key) !== undefined)
  );
}
