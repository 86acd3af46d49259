/** The counts of a process, as they are sent to another one. */
export interface Counts {
  readonly modelCalls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly retries: number;
  readonly fallbacks: number;
  readonly errors: readonly (readonly [code: string, count: number])[];
  readonly taskMs: readonly number[];
  readonly modelMs: readonly number[];
}

/** Counts what happens in a run, for its progress line and its summary. */
export class Tally {
  readonly tasks: number;
  /** Tasks that are done, and that failed for good, as Redis has them. */
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

  /** Counts failures by their error code. */
  countError(code: string, count = 1): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + count);
  }

  /** Adds what has happened in another process. */
  add(counts: Counts): void {
    for (const key of NUMBERS) this[key] += counts[key];
    for (const [code, count] of counts.errors) this.countError(code, count);
    this.taskMs.push(...counts.taskMs);
    this.modelMs.push(...counts.modelMs);
  }

  /** Takes out what has happened since the last call. */
  take(): Counts {
    const { modelCalls, promptTokens, completionTokens, retries, fallbacks } = this;
    for (const key of NUMBERS) this[key] = 0;
    const errors = [...this.errors];
    this.errors.clear();
    const [taskMs, modelMs] = [this.taskMs.splice(0), this.modelMs.splice(0)];
    return {
      ...{ modelCalls, promptTokens, completionTokens, retries, fallbacks },
      ...{ errors, taskMs, modelMs },
    };
  }
}

const NUMBERS = ['modelCalls', 'promptTokens', 'completionTokens', 'retries', 'fallbacks'] as const;

/**
 * Returns the value below which a share of the values lies, by nearest rank, or 0 without values.
 * @param share From 0 to 1.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
