const WHOLE_MS = 540_000;
const PACKAGE_MS = 150_000;

/**
 * Shares the time of a run among its benches: ten minutes for everything, three for one package, each
 * with some room for benches whose first three rounds take longer than their share.
 */
export class TimeBudget {
  readonly #packages = new Map<string, { leftMs: number; benches: number }>();
  readonly #now: () => number;

  /**
   * @param owners - the package of each bench that will run
   * @param now - the clock, in milliseconds
   */
  constructor(owners: readonly string[], now: () => number = () => performance.now()) {
    this.#now = now;
    const packages = Map.groupBy(owners, (owner) => owner);
    for (const [owner, { length: benches }] of packages) {
      this.#packages.set(owner, {
        leftMs: Math.min(PACKAGE_MS, WHOLE_MS / packages.size),
        benches,
      });
    }
  }

  /**
   * Runs one bench. What it leaves of its share, the later ones of its package have.
   *
   * @param owner - the bench's package
   * @param run - gets the share, in milliseconds
   */
  async spend(owner: string, run: (shareMs: number) => Promise<void>): Promise<void> {
    const own = this.#packages.get(owner) ?? { leftMs: 0, benches: 1 };
    const startedAt = this.#now();
    await run(Math.max(0, own.leftMs / own.benches));
    own.leftMs -= this.#now() - startedAt;
    own.benches -= 1;
  }
}
