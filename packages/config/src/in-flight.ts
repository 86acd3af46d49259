/** What a piece of work wants to hear. */
export interface WorkListeners {
  /** A shutdown has begun; there is time to end. */
  readonly onEnding?: () => void;
  /** The shutdown gives up on it. */
  readonly onAbandoned?: (reason: unknown) => void;
}

interface Entry extends WorkListeners {
  readonly name: string;
}

/** Knows the work that has begun and not ended, so that a shutdown can wait for it. */
export class InFlight {
  readonly #entries = new Set<Entry>();
  #waiting: (() => void)[] = [];

  /** How many are under way. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Adds one.
   *
   * @param name Shown when a shutdown does not see it end.
   * @param listeners What it wants to hear.
   * @returns Takes it out again; a second call does nothing.
   */
  begin(name: string, listeners: WorkListeners = {}): () => void {
    const entry = { name, ...listeners };
    this.#entries.add(entry);
    return () => {
      if (!this.#entries.delete(entry) || this.#entries.size > 0) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    };
  }

  /** Resolves as soon as nothing is under way. */
  idle(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Tells everything that is under way that a shutdown has begun. */
  announceEnd(): void {
    for (const { onEnding } of [...this.#entries]) onEnding?.();
  }

  /** Tells everything that is under way to give up. */
  abandon(reason: unknown): void {
    for (const { onAbandoned } of [...this.#entries]) onAbandoned?.(reason);
  }

  /** What is under way, as `ingest ×2, plan`, most first, five kinds at most. */
  describe(): string {
    const counts = new Map<string, number>();
    for (const { name } of this.#entries) counts.set(name, (counts.get(name) ?? 0) + 1);
    const names = [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
    return names.length > 5 ? `${names.slice(0, 5).join(', ')}, …` : names.join(', ');
  }
}
