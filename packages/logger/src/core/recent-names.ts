/** Names that are remembered at least, and at most twice as many; programs have fewer. */
const REMEMBERED = 1000;
/** Longer names are data. */
const LONGEST_NAME = 256;

/**
 * Values by the names that were asked for last. A program that makes names up, such as one for each
 * request, does not fill the memory. Weak references would keep all of them until the current job
 * ends.
 */
export class RecentNames<V> {
  readonly #make: (name: string) => V;
  #recent = new Map<string, V>();
  #older: ReadonlyMap<string, V> = new Map();

  /** @param make Makes the value of a name that is not remembered. */
  constructor(make: (name: string) => V) {
    this.#make = make;
  }

  /** The value of a name. */
  get(name: string): V {
    const known = this.#recent.get(name);
    if (known !== undefined) return known;
    const found = this.#older.get(name) ?? this.#make(name);
    if (name.length > LONGEST_NAME) return found;
    if (this.#recent.size >= REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(name, found);
    return found;
  }
}
