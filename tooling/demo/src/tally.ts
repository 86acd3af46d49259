/** Counts what happens in a run, for its progress line and its summary. */
export class Tally {
  readonly tasks: number;
  done = 0;
  failed = 0;
  modelCalls = 0;
  promptTokens = 0;
  completionTokens = 0;
  retries = 0;
  fallbacks = 0;
  readonly errors: Map<string, number> = new Map();
  readonly taskMs: number[] = [];
  readonly modelMs: number[] = [];

  /** @param tasks How many tasks the run has in all. */
  constructor(tasks: number) {
    this.tasks = tasks;
  }

  /** Counts one failure by its error code. */
  countError(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}

/**
 * Returns the value below which a share of the values lies, by nearest rank, or 0 without values.
 * @param share From 0 to 1.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
