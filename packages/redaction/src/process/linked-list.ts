// A set for what comes and goes with each call.
//
// A Set or Map makes a new table after every few changes, and the old one refers to the new one, for
// iterators in flight. Once a table is in the old generation it keeps all later ones, with
// the entries that each of them had, until a full garbage collection: of 20 units of work at a time,
// two in five stayed.
// https://github.com/v8/v8/blob/main/src/objects/ordered-hash-table.h

/** An entry of a {@link LinkedList}. */
export interface Linked<T> {
  /** Its neighbours; owned by the list. */
  previous: T | undefined;
  next: T | undefined;
}

/** Entries in order; each is in one list at most. */
export class LinkedList<T extends Linked<T>> {
  /** Number of entries. */
  size = 0;
  #first: T | undefined;
  #last: T | undefined;

  get first(): T | undefined {
    return this.#first;
  }

  /** Adds an entry that is in no list behind all others. */
  add(entry: T): void {
    entry.previous = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.size += 1;
  }

  /** Adds an entry that is in no list before all others. */
  addFirst(entry: T): void {
    entry.next = this.#first;
    if (this.#first === undefined) this.#last = entry;
    else this.#first.previous = entry;
    this.#first = entry;
    this.size += 1;
  }

  /** Whether an entry is in this list, if it is in no other. */
  has(entry: T): boolean {
    return entry.previous !== undefined || this.#first === entry;
  }

  /**
   * Removes an entry.
   *
   * @returns Whether it was in the list.
   */
  remove(entry: T): boolean {
    if (!this.has(entry)) return false;
    const { previous, next } = entry;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // One that the garbage collector took for old would keep all that come after it.
    entry.previous = undefined;
    entry.next = undefined;
    this.size -= 1;
    return true;
  }

  /** Goes through the entries that there are now; those that are removed meanwhile are left out. */
  *[Symbol.iterator](): Generator<T, void> {
    const entries: T[] = [];
    for (let entry = this.#first; entry !== undefined; entry = entry.next) entries.push(entry);
    for (const entry of entries) if (this.has(entry)) yield entry;
  }
}
