import type { FullContent, Reader } from '../exposition/content.ts';
import { readRegistry } from '../exposition/families.ts';
import type { Family, PromRegistry } from '../exposition/family.ts';
import type { MetricsManager } from '../manager/manager.ts';

/** Milliseconds after a scrape for which it is expected that another one follows. */
const SCRAPED_MS = 120_000;

/**
 * The metrics of this process.
 *
 * Some cover the time since they were last read: the utilization of the event loop, and its delay in
 * prom-client. Where scrapes come, they are left to scrapes, and the status page shows those of the
 * last one.
 */
export class OwnContent {
  readonly #manager: MetricsManager;
  readonly #registries: () => Promise<readonly PromRegistry[]>;
  #families: readonly Family[] = [];
  #scrapedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param registries Gives the registries of prom-client to read.
   */
  constructor(manager: MetricsManager, registries: () => Promise<readonly PromRegistry[]>) {
    this.#manager = manager;
    this.#registries = registries;
  }

  /**
   * Brings gauges up to date and reads the registries.
   *
   * @param timeoutMs Time limit of each, in milliseconds.
   */
  async collect(timeoutMs: number, reader: Reader): Promise<FullContent> {
    const manager = this.#manager;
    const isScraped = performance.now() - this.#scrapedAt < SCRAPED_MS;
    const isLeft = reader === 'page' && isScraped;
    await manager.collect(timeoutMs, !isLeft);
    if (!isLeft) {
      const lists = await Promise.all(
        (await this.#registries()).map((registry) =>
          readRegistry(registry, (name) => manager.countCollectFailure(name), timeoutMs),
        ),
      );
      this.#families = lists.flat();
    }
    if (reader === 'scrape') this.#scrapedAt = performance.now();
    return { instruments: manager.instruments, families: this.#families };
  }
}
