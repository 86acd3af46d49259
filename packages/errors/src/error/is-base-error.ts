import { isCodedError } from '../shape/brand.ts';
import type { BaseError } from './base-error.ts';

/**
 * Returns whether a value is an error of this package, from any installed copy of it.
 *
 * @param value - Any value.
 *
 * @example
 * ```ts
 * import { BaseError, ErrorCode, isBaseError } from '@map/errors';
 *
 * isBaseError(new BaseError({ code: ErrorCode.SYSTEM_ERROR, message: 'Broken.' })); // true
 * isBaseError(new Error('Broken.')); // false
 * ```
 */
export function isBaseError(value: unknown): value is BaseError {
  return isCodedError(value);
}
