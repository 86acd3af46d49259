/** An object of unknown shape. */
export type Loose = Readonly<Record<string, unknown>>;

/** Gives the value as an object to read from, or an empty one. */
export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

/** Tells whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof loose(value)['then'] === 'function';
}
