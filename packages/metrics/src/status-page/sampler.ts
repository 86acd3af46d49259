import type { FullContent } from '../exposition/content.ts';
import { measure, type ProcessFigures } from './figures.ts';
import { type Figures, History } from './history.ts';
import { Snapshot } from './snapshot.ts';

/** Milliseconds between two points, and at most if points are expensive. */
const INTERVAL_MS = 5000;
const MAX_INTERVAL_MS = 30_000;
/** Milliseconds between two points of several workers: reading them is work for all of them. */
const WORKERS_MS = 15_000;
/** A point of 1 ms is followed by a pause of 200 ms at least: half a percent of a core. */
const PAUSE_FACTOR = 200;

/** Where the sampler reads the metrics. */
export interface SamplerSource {
  /** Whether metrics are recorded; without them there is no history. */
  isEnabled(): boolean;
  /** Returns the metrics of all workers, or those of this process without updating its gauges. */
  read(): Promise<FullContent> | FullContent;
  /** Whether the metrics are those of several workers at the moment. */
  hasWorkers(): boolean;
}

/**
 * Records the figures of the status page every 5 seconds. It does not keep the process alive.
 *
 * Of several workers it records what scrapes and pages have gathered anyway, and gathers itself only if
 * there has been none for 15 seconds.
 */
export class Sampler {
  readonly history: History = new History();
  readonly #source: SamplerSource;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #loop = performance.eventLoopUtilization();

  constructor(source: SamplerSource) {
    this.#source = source;
  }

  /** Records the first point now, and further ones until `stop`. */
  start(): void {
    void this.#sample();
  }

  /** Stops, and drops the history. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.history.clear();
  }

  /** Reduces metrics to figures, with those of this process if there are no workers. */
  figures(snapshot: Snapshot): Figures {
    return measure(snapshot, this.#source.hasWorkers() ? undefined : this.#own());
  }

  /** Records metrics of all workers that have been gathered for something else. */
  record(snapshot: Snapshot): void {
    if (this.#isStopped || !this.#source.hasWorkers() || this.#age < INTERVAL_MS) return;
    if (this.#source.isEnabled()) this.history.push(Date.now(), this.figures(snapshot));
  }

  /** Milliseconds since the newest point; Infinity if the clock was set back since then. */
  get #age(): number {
    const age = Date.now() - this.history.newestAt;
    return age < 0 ? Number.POSITIVE_INFINITY : age;
  }

  async #sample(): Promise<void> {
    const before = performance.eventLoopUtilization();
    try {
      if (!this.#source.isEnabled()) {
        this.history.clear();
      } else if (!this.#source.hasWorkers() || this.#age >= WORKERS_MS) {
        const content = await this.#source.read();
        const figures = this.figures(new Snapshot(content));
        if (!this.#isStopped) this.history.push(Date.now(), figures);
        this.#loop = performance.eventLoopUtilization();
      }
    } catch {
      // The point is missing; the next one may succeed.
    }
    if (this.#isStopped) return;
    const { active } = performance.eventLoopUtilization(before);
    const pause = Math.min(MAX_INTERVAL_MS, Math.max(INTERVAL_MS, active * PAUSE_FACTOR));
    this.#timer = setTimeout(() => void this.#sample(), pause);
    this.#timer.unref();
  }

  #own(): ProcessFigures {
    const { utilization } = performance.eventLoopUtilization(this.#loop);
    return {
      loop: Number.isFinite(utilization) ? utilization : 0,
      rss: process.memoryUsage.rss(),
    };
  }
}
