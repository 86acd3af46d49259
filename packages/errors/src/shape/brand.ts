import { isNativeError, read } from '@map/redaction/kernel';
import type { ErrorShape } from './error-shape.ts';

/** Marks the errors of every installed copy of this package. */
export const BRAND: unique symbol = Symbol.for('@map/errors/BaseError') as never;

/** Returns whether a value is an error of this package, from any installed copy. */
export function isCodedError(value: unknown): value is ErrorShape {
  return isNativeError(value) && read(value, BRAND) === true;
}
