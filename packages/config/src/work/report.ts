/** The result of a unit of work with its cost and duration. */
export interface WorkReport<T> {
  /** What the work returned. */
  readonly value: T;
  /**
   * The cost of its model calls in US dollars, as far as prices are known. A stream that is still
   * read when the work has returned is not part of it.
   */
  readonly costUsd: number;
  /** Its duration in milliseconds. */
  readonly durationMs: number;
}

/** Asks for a report instead of the bare value. */
export interface Reported {
  readonly report: true;
}

/** The bare value, which is the default. */
export interface Unreported {
  readonly report?: false;
}
