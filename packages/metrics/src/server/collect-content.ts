import { type PromRegistry, readRegistry } from '../exposition/family.ts';
import type { ScrapeContent } from '../exposition/scrape.ts';
import type { MetricsManager } from '../manager/manager.ts';

/** Collects the metrics of this process: gauges are brought up to date, registries are read. */
export async function collectContent(
  manager: MetricsManager,
  registries: readonly PromRegistry[],
  timeoutMs: number,
): Promise<ScrapeContent> {
  await manager.collect(timeoutMs);
  const lists = await Promise.all(
    registries.map((registry) =>
      readRegistry(registry, (name) => manager.countCollectFailure(name), timeoutMs),
    ),
  );
  return { instruments: manager.instruments, families: lists.flat() };
}
