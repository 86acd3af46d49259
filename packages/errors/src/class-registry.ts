import type { BaseError, BaseErrorOptions } from './base-error.ts';
import { findCodeInfo } from './code-info.ts';
import { shared } from './shared.ts';

/** A class that makes errors of one category. */
export type ErrorClass = new (options: never) => BaseError;

const classes = new Map<string, ErrorClass>();

/** Says which class makes the errors of a category of the platform; `''` stands for the rest. */
export function registerClass(category: string, type: ErrorClass): void {
  classes.set(category, type);
}

/** Makes an error of the class that fits the code. */
export function createError(options: BaseErrorOptions): BaseError {
  const category = findCodeInfo(options.code)?.category ?? '';
  const type = classes.get(category) ?? shared().classes.get(category) ?? classes.get('');
  return new (type as new (options: BaseErrorOptions) => BaseError)(options);
}
