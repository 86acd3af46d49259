import { checkString } from '@map/errors/kernel';
import {
  ignoreRejection,
  type Linked,
  LinkedList,
  runWithin,
  surroundings,
} from '@map/redaction/kernel';

/** Notifications for one piece of work. */
export interface WorkListeners {
  /** A shutdown has begun, and there is time to finish. */
  readonly onDraining?: (() => void) | undefined;
  /** The shutdown stops waiting for the work. */
  readonly onAbandoned?: ((reason: unknown) => void) | undefined;
}

/** One piece of work in flight. */
export interface WorkEntry extends Linked<WorkEntry> {
  readonly name: string;
  /** Its notifications, taken away at its end. */
  listeners: WorkListeners;
  readonly owner: InFlight;
  /** The innermost work of another owner that it is part of. */
  readonly outside: WorkEntry | undefined;
  /** Records its end; further calls do nothing. */
  readonly finish: () => void;
}

const NOBODY: WorkListeners = {};

/** Records the work in flight, so that a shutdown can wait for it. */
export class InFlight {
  readonly #entries = new LinkedList<WorkEntry>();
  #waiting: (() => void)[] = [];

  /** How many pieces of work are in flight. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether the caller runs inside work in flight, which therefore must not wait for itself. */
  get insideWork(): boolean {
    let entry = surroundings().entry as WorkEntry | undefined;
    while (entry !== undefined && entry.owner !== this) entry = entry.outside;
    return entry !== undefined && this.#entries.has(entry);
  }

  /**
   * Records the start of one piece of work.
   *
   * @param name Shown if a shutdown stops waiting for it, such as `task ingest`.
   * @param listeners Its notifications.
   * @returns A function that records its end; further calls do nothing.
   */
  begin(name: string, listeners: WorkListeners = {}): () => void {
    return this.add(name, listeners).finish;
  }

  /**
   * Runs a function as part of one piece of work: a shutdown that it requests does not wait for it.
   *
   * @param name Shown if a shutdown stops waiting for it.
   * @param listeners Its notifications.
   * @param work Receives the function that records the end of the work.
   * @returns What `work` returns.
   */
  run<T>(name: string, listeners: WorkListeners, work: (finish: () => void) => T): T {
    const entry = this.add(name, listeners);
    return runWithin({ entry }, () => work(entry.finish));
  }

  /** Records the start of work that its caller runs with the entry around it. @internal */
  add(name: string, listeners: WorkListeners): WorkEntry {
    checkString('name', name, 'work in flight');
    const around = surroundings().entry as WorkEntry | undefined;
    const outside = around?.owner === this ? around.outside : around;
    const finish = () => this.#remove(entry);
    const entry: WorkEntry = {
      name,
      listeners,
      owner: this,
      outside,
      finish,
      previous: undefined,
      next: undefined,
    };
    this.#entries.add(entry);
    return entry;
  }

  /** Resolves as soon as no work is in flight. */
  idle(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Notifies all work in flight that a shutdown has begun. */
  notifyDraining(): void {
    for (const { listeners } of this.#entries) attempt(() => listeners.onDraining?.());
  }

  /** Notifies all work in flight that nothing waits for it any longer. */
  abandon(reason: unknown): void {
    for (const { listeners } of this.#entries) attempt(() => listeners.onAbandoned?.(reason));
  }

  /** Describes the work in flight as `ingest ×2, plan`: most frequent first, at most five names. */
  describe(): string {
    const counts = new Map<string, number>();
    for (const { name } of this.#entries) counts.set(name, (counts.get(name) ?? 0) + 1);
    const names = [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
    return names.length > 5 ? `${names.slice(0, 5).join(', ')}, …` : names.join(', ');
  }

  #remove(entry: WorkEntry): void {
    if (!this.#entries.remove(entry)) return;
    entry.listeners = NOBODY;
    if (this.#entries.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** One listener that throws must not keep the others from their notification. */
function attempt(notify: () => unknown): void {
  try {
    ignoreRejection(notify());
  } catch {
    // The shutdown reports work that does not end; a broken listener adds nothing to it.
  }
}
