import type { Bench } from './define-bench.ts';

/** The limits: ten minutes for everything, three for one package. */
export const WHOLE_MS = 600_000;
export const PACKAGE_MS = 180_000;

/** The rest is room for a last round that takes longer than the ones before. */
const SHARED = 0.95;

/** What a bench has in any case: those that are this short are not what takes the time. */
const LEAST_MS = 2_000;

/** Something that takes its share of the time. */
export interface Spender {
  package: string;
  /** How much of the time, beside the others. */
  weight: number;
}

/**
 * How much time a bench needs beside others: as much as it starts processes in a round.
 *
 * @param bench - the declaration
 * @returns 1 where all share a process
 */
export function weightOf(bench: Bench): number {
  const isApart = bench.kind === 'startup' || bench.processes === true;
  return isApart ? Object.keys(bench.contenders).length : 1;
}

/**
 * Shares the time of a run among its benches by their weights. What a bench leaves, the later ones
 * have: first those of its package, then the others.
 */
export class TimeBudget {
  readonly #whole: Account = { leftMs: WHOLE_MS * SHARED, weight: 0 };
  readonly #packages = new Map<string, Account>();
  readonly #now: () => number;

  /**
   * @param spenders - the benches that will run
   * @param now - the clock, in milliseconds
   */
  constructor(spenders: readonly Spender[], now: () => number = () => performance.now()) {
    this.#now = now;
    for (const { package: owner, weight } of spenders) {
      const own = this.#packages.get(owner) ?? { leftMs: PACKAGE_MS * SHARED, weight: 0 };
      own.weight += weight;
      this.#whole.weight += weight;
      this.#packages.set(owner, own);
    }
  }

  /**
   * Runs one bench.
   *
   * @param spender - the bench, one of those given before
   * @param run - gets its share, in milliseconds
   * @returns how long it took, in milliseconds
   */
  async spend(
    { package: owner, weight }: Spender,
    run: (shareMs: number) => Promise<void>,
  ): Promise<number> {
    const own = this.#packages.get(owner);
    const accounts = own ? [this.#whole, own] : [this.#whole];
    const shares = accounts.map((account) => (account.leftMs * weight) / account.weight);
    const startedAt = this.#now();
    await run(Math.max(LEAST_MS, Math.min(...shares)));
    const tookMs = this.#now() - startedAt;
    for (const account of accounts) {
      account.leftMs -= tookMs;
      account.weight -= weight;
    }
    return tookMs;
  }
}

interface Account {
  leftMs: number;
  /** Of the benches that are still to run. */
  weight: number;
}
