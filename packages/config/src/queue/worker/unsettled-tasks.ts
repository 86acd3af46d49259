import type { Cancellable } from '../../work/stop.ts';

/**
 * Tasks whose result is not in Redis yet, with what cancels them, by their ids. A Map would keep those
 * that have ended until a full garbage collection: see `LinkedList` of `@map/redaction`.
 */
export class UnsettledTasks {
  readonly #tasks: Record<string, Cancellable> = Object.create(null);
  /** Number of tasks. */
  size = 0;

  set(id: string, task: Cancellable): void {
    if (!this.has(id)) this.size += 1;
    this.#tasks[id] = task;
  }

  get(id: string): Cancellable | undefined {
    return this.#tasks[id];
  }

  has(id: string): boolean {
    return this.#tasks[id] !== undefined;
  }

  delete(id: string): void {
    if (!this.has(id)) return;
    delete this.#tasks[id];
    this.size -= 1;
  }

  all(): Cancellable[] {
    return Object.values(this.#tasks);
  }
}
