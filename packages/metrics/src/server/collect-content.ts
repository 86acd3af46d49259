import { withTimeLimit } from '@map/redaction/kernel';
import { type FullContent, fullContent, type Reader } from '../exposition/content.ts';
import type { PromRegistry } from '../exposition/family.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { processRegistry } from '../prom-client/process-metrics.ts';
import type { MetricsServerOptions } from './options.ts';
import { OwnContent } from './own-content.ts';

/** Collects the metrics for a scrape or for the status page. */
export type CollectContent = (reader: Reader) => Promise<FullContent>;

/** Makes the function that collects the metrics of this process and of its workers. */
export function makeCollect(options: MetricsServerOptions): CollectContent {
  const { manager = getMetricsManager(), timeoutMs = 10_000 } = options;
  const content = new OwnContent(manager, async () => {
    const registries: PromRegistry[] = [...(options.registries ?? [])];
    if (manager.enabled && options.processMetrics !== false) {
      registries.push(await processRegistry(manager));
    }
    return registries;
  });
  const gather = async (reader: Reader) => {
    // Gauges, then registries, then workers: together they leave time to write the response.
    const own = await content.collect(Math.min(2000, timeoutMs / 4), reader);
    return fullContent((await options.source?.gather(own, reader)) ?? own);
  };
  const limitMs = Math.round(timeoutMs * 0.9);
  return (reader) =>
    withTimeLimit(gather(reader), limitMs, () => {
      throw new LateSource(limitMs);
    });
}

/** The source, which sets its own time limits, has not answered in the time of a response. */
export class LateSource extends Error {
  constructor(limitMs: number) {
    super(`The source of further metrics did not answer within ${limitMs} ms.`);
  }
}
