import type { BaseError } from './base-error.ts';
import { BRAND } from './brand.ts';
import { isNativeError, read } from './safe.ts';

/**
 * Says whether a value is an error of this package, from whichever installed copy of it.
 *
 * @param value - Anything.
 *
 * @example
 * import { BaseError, ErrorCode, isBaseError } from '@map/errors';
 *
 * isBaseError(new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'Broken.' })); // true
 * isBaseError(new Error('Broken.')); // false
 */
export function isBaseError(value: unknown): value is BaseError {
  return isNativeError(value) && read(value, BRAND) === true;
}
