/** One way to run tasks through a queue. */
export interface QueueRunner {
  /** Adds tasks, one after the other in several chains, and resolves when all have been done. */
  run(tasks: number): Promise<void>;
  /** Tasks that have been done, by the handler's own count. */
  done(): number;
  close(): Promise<unknown>;
}

export type MakeRunner = (redisUrl: string) => Promise<QueueRunner>;

/** Tasks at the same time, in the worker and on the side that adds. */
export const CONCURRENCY = 20;

/** The data of each task. */
export const dataOf = (n: number) => ({ document: `docs/page-${n}.md`, words: 80, language: 'en' });

/** Adds tasks from several chains; `next` starts at 1. */
export async function addAll(tasks: number, add: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const chain = async (): Promise<void> => {
    while (next < tasks) {
      next += 1;
      await add(next);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, chain));
}

/** Resolves when a handler has been called that many times. */
export class Countdown {
  count = 0;
  #target = Number.POSITIVE_INFINITY;
  #reached: () => void = () => undefined;

  hit(): void {
    this.count += 1;
    if (this.count >= this.#target) this.#reached();
  }

  until(target: number): Promise<void> {
    return new Promise((resolve) => {
      this.#target = target;
      this.#reached = resolve;
      if (this.count >= target) resolve();
    });
  }
}
