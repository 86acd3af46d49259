import type { AnyInstrument } from '../instruments/make-instrument.ts';
import { type Family, renderFamilies } from './family.ts';
import { type RenderOptions, renderMetrics } from './render.ts';

/** A source of metrics from elsewhere, such as other workers, for one scrape. */
export interface ScrapeSource {
  /** Gives all metrics to show; `own` are those of this process. */
  gather(own: ScrapeContent): Promise<ScrapeContent>;
}

/** The metrics that one scrape shows. */
export interface ScrapeContent {
  readonly instruments: readonly AnyInstrument[];
  readonly families: readonly Family[];
}

/** Renders content chunk by chunk, with the end marker of the format. */
export function* renderContent(content: ScrapeContent, options: RenderOptions): Generator<string> {
  yield* renderMetrics(content.instruments, options);
  // Two registries may have the same metric, such as those of the process: show the first.
  const shown = new Set(content.instruments.map(({ name }) => options.prefix + name));
  const families = content.families.filter(({ name, type }) => {
    // prom-client removes _total from a counter's name (see prom-target.ts).
    const full = type === 'counter' ? `${name.replace(/_total$/, '')}_total` : name;
    const isNew = !shown.has(full);
    shown.add(full);
    return isNew;
  });
  yield* renderFamilies(families, options);
  if (options.format === 'openmetrics') yield '# EOF\n';
}
