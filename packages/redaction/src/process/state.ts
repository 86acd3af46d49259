/**
 * Returns state that the whole process shares, including other installed copies of a package.
 * It stays per thread: a worker has its own.
 *
 * The property is not enumerable, so code that iterates over `globalThis` does not see it.
 *
 * @param key A unique name that contains the version of the state's shape, such as
 *   `@map/logger/context@1`.
 * @param make Creates the state on first use.
 * @returns The shared state.
 */
export function processState<T extends object>(key: string, make: () => T): T {
  const symbol = Symbol.for(key);
  const holder = globalThis as { [key: symbol]: T | undefined };
  const known = holder[symbol];
  if (known !== undefined) return known;
  const made = make();
  Object.defineProperty(holder, symbol, { value: made, configurable: true, writable: true });
  return made;
}
