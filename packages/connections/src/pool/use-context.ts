/** What the work of one use receives beside its connection. */
export interface UseContext {
  /**
   * Aborted when the connection is lost, and when the use ends before its work: at its time limit, by
   * its caller's signal, at a shutdown.
   */
  readonly signal: AbortSignal;
}

/** Makes the signal on first access: most work does not need it. */
export class OwnUse implements UseContext {
  #controller: AbortController | undefined;
  #reason: unknown;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Why it has ended; undefined while it has not, or if it has ended with its work. */
  get reason(): unknown {
    return this.#reason;
  }

  /** Notifies the work; the first reason counts. */
  end(reason: unknown): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }

  /** Whether the work failed because its signal was aborted. */
  hasAborted(error: unknown): boolean {
    if (this.#controller?.signal.aborted !== true) return false;
    return error === this.#reason || (error as { name?: unknown } | null)?.name === 'AbortError';
  }
}
