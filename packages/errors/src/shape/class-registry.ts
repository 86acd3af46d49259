import { processState } from '@map/redaction/kernel';
import { classNameOf, type ErrorCategory } from '../codes/category.ts';
import { findCodeInfo } from '../codes/code-info.ts';
import type { ErrorShape, ErrorShapeOptions } from './error-shape.ts';

/** A class that makes errors of one category. */
export type ErrorClass = new (options: never) => ErrorShape;

const builtIn = new Map<string, ErrorClass>();

function defined(): Map<string, ErrorClass> {
  return processState('@map/errors/classes@1', () => new Map<string, ErrorClass>());
}

/** Registers the class of one of MAP's own categories; `''` is the class for all others. */
export function registerClass(category: ErrorCategory, type: ErrorClass): void {
  if (category !== '') nameClass(type, classNameOf(category));
  builtIn.set(category, type);
}

/** Registers the class of a category made by `defineErrors`, for every copy of this package. */
export function registerDefinedClass(category: ErrorCategory, type: ErrorClass): void {
  nameClass(type, classNameOf(category));
  defined().set(category, type);
}

/** Names a class, because bundlers rename them. */
export function nameClass(type: ErrorClass, name: string): void {
  Object.defineProperty(type, 'name', { value: name, configurable: true });
}

/** Creates an error of the class that fits the code. */
export function createError(options: ErrorShapeOptions): ErrorShape {
  const category = findCodeInfo(options.code)?.category ?? '';
  const type = builtIn.get(category) ?? defined().get(category) ?? builtIn.get('');
  return new (type as new (options: ErrorShapeOptions) => ErrorShape)(options);
}
