/** An object of unknown shape. */
export type Loose = Readonly<Record<string, unknown>>;

/** Gives the value as an object to read from, or an empty one. */
export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

/** Gives the value as an object to read from, if it is one. */
export function optional(value: unknown): Loose | undefined {
  return typeof value === 'object' && value !== null ? (value as Loose) : undefined;
}

/** Gives the value as a list, or an empty one. */
export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Tells whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof loose(value)['then'] === 'function';
}
