import type { FullContent } from '../exposition/content.ts';
import { healthView } from './health-view.ts';
import type { ErrorUrl, PageSetting } from './options.ts';
import { PAGE_HEADERS, pageHtml } from './page.ts';
import { readPlotFiles } from './plot-files.ts';
import { Sampler } from './sampler.ts';
import { Snapshot } from './snapshot.ts';
import { makeView } from './view.ts';

export { PAGE_HEADERS, readPlotFiles, Sampler, Snapshot };

/** The content of the page besides metrics. */
export interface PageFacts {
  /** The body of the health report; undefined if the checks have not finished. */
  readonly health: string | undefined;
  /** Whether the server has the files of the plots. */
  readonly hasPlots: boolean;
  readonly enabled: boolean;
  readonly version: string;
  readonly prefix: string;
  readonly settings: readonly PageSetting[] | undefined;
  readonly errorUrl: ErrorUrl | undefined;
}

/** Renders the page of one moment. */
export function renderPage(content: FullContent, sampler: Sampler, facts: PageFacts): string {
  const snapshot = new Snapshot(content);
  sampler.record(snapshot);
  const figures = sampler.figures(snapshot);
  const at = Date.now();
  const timeline = sampler.history.with(at, figures);
  const health = healthView(facts.health);
  return pageHtml(makeView({ ...facts, snapshot, figures, timeline, health, at }), facts.hasPlots);
}
