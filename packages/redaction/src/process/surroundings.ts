// The values that surround the running code and follow it through its awaits.
//
// All packages keep theirs in one storage: Node copies the map of a process's storages for each value,
// so four storages, nested, cost a task several times what one does (15 of 70 µs in a queue's worker).

import type { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { processState } from './state.ts';

/** One value for each package or part that keeps one; only its owner knows the type. */
export interface Surroundings {
  /** The log context. */
  readonly context?: unknown;
  /** The meter of model costs. */
  readonly meter?: unknown;
  /** The model call. */
  readonly call?: unknown;
  /** The unit of work. */
  readonly work?: unknown;
  /** The job of BullMQ. */
  readonly job?: unknown;
  /** The entry in the list of work in flight. */
  readonly entry?: unknown;
  /** The response to the HTTP request. */
  readonly response?: unknown;
  /** What notes what a retry waits for. */
  readonly waiting?: unknown;
}

const NONE: Surroundings = {};

let shared: AsyncLocalStorage<Surroundings> | undefined;
let Scope: typeof AsyncResource;

/** The storage of all installed copies of this package, so that no value is lost between them. */
function storage(): AsyncLocalStorage<Surroundings> {
  if (shared === undefined) {
    // An import of the module would keep the settings out of browsers.
    const { AsyncLocalStorage, AsyncResource } = process.getBuiltinModule('node:async_hooks');
    Scope = AsyncResource;
    shared = processState('@map/surroundings@1', () => new AsyncLocalStorage<Surroundings>());
  }
  return shared;
}

/** The values that surround the running code. */
export function surroundings(): Surroundings {
  return storage().getStore() ?? NONE;
}

/**
 * Runs a function with further values around it.
 *
 * @param values Replace those of the same name; undefined takes one away.
 * @param run The function; async work keeps the values across its awaits.
 * @returns What the function returns.
 */
export function runWithin<T>(values: Surroundings, run: () => T): T {
  const within = { ...surroundings(), ...values };
  // Its end restores the map there was: that of `run` of a storage copies it once more, 1 of 85 µs of
  // a queue's task.
  return new Scope('map').runInAsyncScope<unknown, T>(enter, undefined, within, run);
}

function enter<T>(values: Surroundings, run: () => T): T {
  storage().enterWith(values);
  return run();
}

/** Puts further values around the rest of the running code, until a surrounding `runWithin` ends. */
export function enterSurroundings(values: Surroundings): void {
  storage().enterWith({ ...surroundings(), ...values });
}
