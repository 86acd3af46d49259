import { type Family, type PromRegistry, readRegistry, renderFamilies } from './family.ts';
import type { AnyInstrument, MetricsManager } from './manager.ts';
import { type RenderOptions, renderMetrics } from './render.ts';

/** Metrics from elsewhere, such as other workers, for one scrape. */
export interface ScrapeSource {
  /** Gives everything to show, this process's own metrics included. */
  gather(own: ScrapeContent): Promise<ScrapeContent>;
}

/** What one scrape shows. */
export interface ScrapeContent {
  readonly instruments: readonly AnyInstrument[];
  readonly families: readonly Family[];
}

/** Collects what to show: gauges brought up to date, registries read. */
export async function collectContent(
  manager: MetricsManager,
  registries: readonly PromRegistry[],
  collectTimeoutMs: number,
): Promise<ScrapeContent> {
  await manager.collect(collectTimeoutMs);
  const lists = await Promise.all(
    registries.map((registry) =>
      readRegistry(registry, (name) => manager.countCollectFailure(name), collectTimeoutMs),
    ),
  );
  return { instruments: manager.instruments, families: lists.flat() };
}

/** Renders content chunk by chunk, ending as the format asks. */
export function* renderContent(content: ScrapeContent, options: RenderOptions): Generator<string> {
  yield* renderMetrics(content.instruments, options);
  // Two registries may hold the same metric, such as the process's own: the first one is shown.
  const shown = new Set(content.instruments.map(({ name }) => options.prefix + name));
  const families = content.families.filter(({ name, type }) => {
    // prom-client's own OpenMetrics scrape takes _total off a counter's name.
    const full = type === 'counter' ? `${name.replace(/_total$/, '')}_total` : name;
    const isNew = !shown.has(full);
    shown.add(full);
    return isNew;
  });
  yield* renderFamilies(families, options);
  if (options.format === 'openmetrics') yield '# EOF\n';
}
