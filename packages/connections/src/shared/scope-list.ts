import type { BaseError } from '@map/errors/core';
import type { Scope } from '../core/scope.ts';

/** The work in flight, as a linked list: it changes with every use, and order does not matter. */
export class ScopeList {
  size = 0;
  #first: Scope | undefined;

  add(scope: Scope): void {
    scope.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = scope;
    this.#first = scope;
    this.size += 1;
  }

  remove(scope: Scope): void {
    if (scope.previous === undefined) this.#first = scope.next;
    else scope.previous.next = scope.next;
    if (scope.next !== undefined) scope.next.previous = scope.previous;
    // One that the garbage collector took for old would keep all that come after it.
    scope.previous = undefined;
    scope.next = undefined;
    this.size -= 1;
  }

  /** Ends every scope; each removes itself. */
  endAll(error: BaseError): void {
    for (let scope = this.#first; scope !== undefined; ) {
      const { next } = scope;
      scope.end(error);
      scope = next;
    }
  }
}
