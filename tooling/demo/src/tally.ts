/** Counts what happens in a run, for its progress line and its summary. */
export class Tally {
  readonly tasks: number;
  modelCalls = 0;
  promptTokens = 0;
  completionTokens = 0;
  retries = 0;
  fallbacks = 0;
  readonly errors: Map<string, number> = new Map();
  readonly taskMs: number[] = [];
  readonly modelMs: number[] = [];
  readonly #done = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #underWay = new Set<string>();

  /** @param tasks How many tasks the run has in all. */
  constructor(tasks: number) {
    this.tasks = tasks;
  }

  get done(): number {
    return this.#done.size;
  }

  get failed(): number {
    return this.#failed.size;
  }

  /** How many tasks are being worked on. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Whether no task is left. */
  get finished(): boolean {
    return this.done + this.failed >= this.tasks;
  }

  /** Counts a task as being worked on. */
  begin(task: string): void {
    this.#underWay.add(task);
  }

  /** Counts a task as done, once. */
  finish(task: string, durationMs: number): void {
    this.#underWay.delete(task);
    this.#done.add(task);
    this.taskMs.push(durationMs);
  }

  /** Counts a task as failed, once. */
  fail(task: string): void {
    this.#underWay.delete(task);
    this.#failed.add(task);
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
