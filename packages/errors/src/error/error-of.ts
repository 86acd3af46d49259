import { createError } from '../shape/class-registry.ts';
import type { BaseError, BaseErrorOptions } from './base-error.ts';

/** Makes an error of the class that fits its code, an application's own classes included. */
export function errorOf(options: BaseErrorOptions): BaseError {
  return createError(options) as BaseError;
}
