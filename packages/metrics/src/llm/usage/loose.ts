/** An object of unknown shape. */
export type Loose = Readonly<Record<string, unknown>>;

/** Returns the value as an object to read from, or an empty one. */
export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

/** Returns the value as an object to read from, if it is one. */
export function optional(value: unknown): Loose | undefined {
  return typeof value === 'object' && value !== null ? (value as Loose) : undefined;
}

/** Returns the value as a list, or an empty one. */
export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof loose(value)['then'] === 'function';
}
