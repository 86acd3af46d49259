import type { ErrorClass } from './class-registry.ts';
import type { CodeInfo } from './code-info.ts';
import type { Converter } from './converter.ts';

/** What two installed copies of this package must have in common. */
export interface Shared {
  readonly codes: Map<string, CodeInfo>;
  readonly classes: Map<string, ErrorClass>;
  readonly converters: Set<{ readonly converter: Converter }>;
}

const KEY = Symbol.for('@map/errors/shared');

/** Gives the state that all copies of this package in one thread share. */
export function shared(): Shared {
  const holder = globalThis as { [KEY]?: Shared };
  holder[KEY] ??= { codes: new Map(), classes: new Map(), converters: new Set() };
  return holder[KEY];
}
