import type { MetricType } from '../instruments/definition.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';
import type { Family } from './family.ts';

/** Who reads: a scrape, or the status page, which must not shorten what a scrape covers. */
export type Reader = 'scrape' | 'page';

/** A source of metrics from elsewhere, such as other workers, for one scrape. */
export interface ScrapeSource {
  /** Returns all metrics to show; `own` are those of this process. */
  gather(own: ScrapeContent, reader?: Reader): Promise<ScrapeContent>;
  /** Whether there are others at the moment; if this is missing, there are. */
  hasWorkers?(): boolean;
}

/** A metric that was made here. */
export interface ScrapedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
}

/** The metrics that one scrape shows. */
export interface ScrapeContent {
  readonly instruments: readonly ScrapedMetric[];
  readonly families: readonly Family[];
}

/** The same, with the content of the metrics. @internal */
export interface FullContent extends ScrapeContent {
  readonly instruments: readonly AnyInstrument[];
}

/** Opens the metrics of some content: they were all made here. @internal */
export function fullContent(content: ScrapeContent): FullContent {
  if (!Array.isArray(content.instruments) || !Array.isArray(content.families)) {
    throw new TypeError('A source must give an object with `instruments` and `families`.');
  }
  return content as FullContent;
}
