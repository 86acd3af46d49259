import { redactText } from '@map/redaction';
import { withTimeLimit } from '@map/redaction/kernel';
import { called } from '../common/called.ts';
import type { FullContent } from '../exposition/content.ts';
import type { MetricsManager } from '../manager/manager.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import type { StatusPageOptions } from '../status-page/options.ts';
import type { Sampler } from '../status-page/status-page.ts';
import type { CollectContent } from './collect-content.ts';
import type { HealthReader } from './health.ts';
import type { MetricsServerOptions } from './options.ts';

/** Milliseconds that the page waits for the health checks. */
const HEALTH_MS = 500;
/** Milliseconds after the start of the server at which the history begins. */
const DELAY_MS = 1000;

/** A response of the page. */
interface Shown {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The page at `/` and its history. Its code is loaded after the start of the application. */
export class StatusPage {
  readonly #manager: MetricsManager;
  readonly #collect: CollectContent;
  readonly #hasWorkers: () => boolean;
  readonly #options: StatusPageOptions;
  #sampler: Promise<Sampler> | undefined;
  #plotFiles: Promise<ReadonlyMap<string, string>> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(options: MetricsServerOptions, collect: CollectContent) {
    this.#manager = options.manager ?? getMetricsManager();
    this.#collect = collect;
    const { source } = options;
    this.#hasWorkers = () => source !== undefined && (source.hasWorkers?.() ?? true);
    this.#options = options.statusPage ?? {};
  }

  /** Starts the history, so that a page that is opened later shows what happened before. */
  start(): void {
    this.#timer = setTimeout(() => void this.#load().catch(() => undefined), DELAY_MS);
    this.#timer.unref();
  }

  /** Stops the history. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    void this.#sampler?.then(
      (sampler) => sampler.stop(),
      () => undefined,
    );
  }

  /** Adds the metrics of a scrape to the history, where reading them has cost all workers. */
  record(content: FullContent): void {
    if (!this.#hasWorkers() || this.#sampler === undefined) return;
    void Promise.all([import('../status-page/status-page.ts'), this.#sampler])
      .then(([{ Snapshot }, sampler]) => sampler.record(new Snapshot(content)))
      .catch(() => undefined);
  }

  /** Renders the page. */
  async render(readHealth: HealthReader): Promise<Shown> {
    const [page, plotFiles, sampler, content, health] = await Promise.all([
      import('../status-page/status-page.ts'),
      this.#loadPlots(),
      this.#load(),
      this.#collect('page'),
      withTimeLimit(readHealth(), HEALTH_MS, () => undefined),
    ]);
    const { enabled, version, prefix } = this.#manager;
    const { settings, errorUrl } = this.#options;
    const shown = { settings: called(settings), errorUrl, hasPlots: plotFiles.size > 0 };
    const facts = { health: health?.body, enabled, version: redactText(version), prefix, ...shown };
    return { headers: page.PAGE_HEADERS, text: page.renderPage(content, sampler, facts) };
  }

  /** Returns a file of the page. */
  async file(path: string): Promise<Shown | undefined> {
    const text = (await this.#loadPlots()).get(path);
    const type = path.endsWith('.js') ? 'javascript' : 'css';
    return text === undefined
      ? undefined
      : { headers: { 'content-type': `text/${type}; charset=utf-8` }, text };
  }

  /** The files of the plots are read on first use. */
  #loadPlots(): Promise<ReadonlyMap<string, string>> {
    this.#plotFiles ??= import('../status-page/status-page.ts').then(({ readPlotFiles }) =>
      readPlotFiles(),
    );
    return this.#plotFiles;
  }

  #load(): Promise<Sampler> {
    this.#sampler ??= this.#makeSampler();
    return this.#sampler;
  }

  async #makeSampler(): Promise<Sampler> {
    const { Sampler } = await import('../status-page/status-page.ts');
    const manager = this.#manager;
    const sampler = new Sampler({
      isEnabled: () => manager.enabled,
      hasWorkers: this.#hasWorkers,
      // The gauges of this process are left to scrapes: some cover the time since the last one.
      read: () =>
        this.#hasWorkers()
          ? this.#collect('page')
          : { instruments: manager.instruments, families: [] },
    });
    if (this.#isStopped) sampler.stop();
    else sampler.start();
    return sampler;
  }
}
