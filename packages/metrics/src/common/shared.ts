/**
 * Gives what the whole process shares, two installed copies of the package included.
 *
 * @param name What it is, with the version of its shape.
 * @param make Makes it where nobody has yet.
 */
export function shared<T extends object>(name: string, make: () => T): T {
  const key = Symbol.for(`@map/metrics/${name}`);
  const holder = globalThis as { [key: symbol]: T | undefined };
  const known = holder[key];
  if (known !== undefined) return known;
  const made = make();
  // Not enumerable: whoever walks over the globals shall not find it.
  Object.defineProperty(holder, key, { value: made, configurable: true, writable: true });
  return made;
}
