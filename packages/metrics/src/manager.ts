import { CATALOGUE } from './catalogue.ts';
import { type Collector, runCollector } from './collector.ts';
import { CounterInstrument } from './counter.ts';
import { validateDefinition } from './definition.ts';
import { GaugeInstrument } from './gauge.ts';
import { HistogramInstrument } from './histogram.ts';
import {
  checkOptions,
  type DefineGaugeOptions,
  type DefineHistogramOptions,
  type DefineOptions,
  type MetricsOptions,
} from './manager-options.ts';
import type { Counter, Gauge, HandleOf, Histogram } from './metric.ts';
import { MetricsError } from './metrics-error.ts';
import { type PromTarget, PromTargets } from './prom-target.ts';
import type { State } from './state.ts';
import type {
  AnyLabels,
  Catalogue,
  Category,
  MetricDefinition,
  NamedLabels,
  TrackArguments,
} from './types.ts';

/** Any of the three engines. */
export type AnyInstrument = CounterInstrument | GaugeInstrument | HistogramInstrument;

/**
 * Holds metrics and takes measurements; `getMetricsManager()` gives the one that everyone shares.
 *
 * @example
 * ```ts
 * import { MetricsManager } from '@map/metrics';
 *
 * const metrics = new MetricsManager({ strict: true });
 * metrics.trackLlm('tokens', { provider: 'openai', model: 'gpt-4', type: 'prompt' }, 150);
 * ```
 */
export class MetricsManager {
  readonly #state: State;
  readonly #selfState: State;
  readonly #instruments = new Map<string, AnyInstrument>();
  readonly #byCategory = new Map<string, Map<string, AnyInstrument>>();
  readonly #targets = new PromTargets(this);
  readonly #collectors = new Set<Collector>();
  #prefix = '';
  #defaultLabels: Readonly<Record<string, string>> = {};
  #version = '';
  #utilization: { idle: number; active: number; utilization: number } | undefined;

  /** @param options How to collect. */
  constructor(options: MetricsOptions = {}) {
    const reports = {
      exemplar: undefined,
      overflowed: (metric: string) => this.#catalogueCounter('overflow').inc({ metric }),
      rejected: (metric: string, reason: string) =>
        this.#catalogueCounter('rejected').inc({ metric, reason }),
    };
    const limits = { enabled: true, strict: false, maxSeries: 2000, maxLabelLength: 128 };
    this.#state = { ...limits, ...reports };
    // The metrics about metrics have no cap of their own: it would count itself for ever.
    this.#selfState = { ...limits, ...reports, maxSeries: Number.POSITIVE_INFINITY };
    this.configure(options);
  }

  /**
   * Changes how the manager collects; handles that exist follow.
   *
   * @param options What to change; what is left out stays.
   * @returns The manager.
   * @throws {MetricsError} `METRICS_OPTION_INVALID` when an option makes no sense.
   */
  configure(options: MetricsOptions): this {
    checkOptions(options);
    const { prefix, maxSeries, maxLabelLength, defaultLabels } = options;
    this.#prefix = prefix ?? this.#prefix;
    this.#defaultLabels = { ...(defaultLabels ?? this.#defaultLabels) };
    this.#version = options.version ?? this.#version;
    this.#state.enabled = options.enabled ?? this.#state.enabled;
    this.#selfState.enabled = this.#state.enabled;
    this.#state.strict = options.strict ?? this.#state.strict;
    this.#state.maxSeries = maxSeries ?? this.#state.maxSeries;
    this.#state.maxLabelLength = maxLabelLength ?? this.#state.maxLabelLength;
    if ('exemplar' in options) this.#state.exemplar = options.exemplar;
    return this;
  }

  /** Whether anything is collected. */
  get enabled(): boolean {
    return this.#state.enabled;
  }

  /** What goes before each name. */
  get prefix(): string {
    return this.#prefix;
  }

  /** The labels of every series. */
  get defaultLabels(): Readonly<Record<string, string>> {
    return this.#defaultLabels;
  }

  /** The application's version. */
  get version(): string {
    return this.#version;
  }

  /** The metrics in use so far. @internal */
  get instruments(): readonly AnyInstrument[] {
    return [...this.#instruments.values()];
  }

  /** Records an HTTP metric. */
  trackHttp<K extends keyof Catalogue['http']>(
    metric: K,
    ...args: TrackArguments<Catalogue['http'][K]>
  ): void {
    this.#track('http', metric, args);
  }

  /** Records a task metric. */
  trackTask<K extends keyof Catalogue['task']>(
    metric: K,
    ...args: TrackArguments<Catalogue['task'][K]>
  ): void {
    this.#track('task', metric, args);
  }

  /**
   * Records a language model metric.
   *
   * @param metric The key of the catalogue: `requests`, `tokens`, `duration`…
   * @param args The labels, and the value; a counter adds 1 when it is left out.
   * @example
   * ```ts
   * import { getMetricsManager } from '@map/metrics';
   *
   * const metrics = getMetricsManager();
   * metrics.trackLlm('requests', { model: 'gpt-4', provider: 'openai' });
   * metrics.trackLlm('duration', { model: 'gpt-4', provider: 'openai' }, 0.5);
   * ```
   */
  trackLlm<K extends keyof Catalogue['llm']>(
    metric: K,
    ...args: TrackArguments<Catalogue['llm'][K]>
  ): void {
    this.#track('llm', metric, args);
  }

  /** Records an agent metric. */
  trackAgent<K extends keyof Catalogue['agent']>(
    metric: K,
    ...args: TrackArguments<Catalogue['agent'][K]>
  ): void {
    this.#track('agent', metric, args);
  }

  /** Records a tool metric. */
  trackTool<K extends keyof Catalogue['tool']>(
    metric: K,
    ...args: TrackArguments<Catalogue['tool'][K]>
  ): void {
    this.#track('tool', metric, args);
  }

  /** Records a memory metric. */
  trackMemory<K extends keyof Catalogue['memory']>(
    metric: K,
    ...args: TrackArguments<Catalogue['memory'][K]>
  ): void {
    this.#track('memory', metric, args);
  }

  /** Records a cache metric. */
  trackCache<K extends keyof Catalogue['cache']>(
    metric: K,
    ...args: TrackArguments<Catalogue['cache'][K]>
  ): void {
    this.#track('cache', metric, args);
  }

  /** Records a metric of a connection pool. */
  trackConnection<K extends keyof Catalogue['connection']>(
    metric: K,
    ...args: TrackArguments<Catalogue['connection'][K]>
  ): void {
    this.#track('connection', metric, args);
  }

  /**
   * Gives the handle of a metric of the catalogue; the exported handles are those of the shared
   * manager.
   */
  metric<C extends Category, K extends keyof Catalogue[C] & string>(
    category: C,
    key: K,
  ): HandleOf<Catalogue[C][K]> {
    return this.instrument(category, key) as unknown as HandleOf<Catalogue[C][K]>;
  }

  /**
   * Defines a counter of your own.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` for a wrong or taken name.
   */
  defineCounter<const L extends string = never>(
    options: DefineOptions<L>,
  ): Counter<NamedLabels<L>> {
    return this.#define({ ...options, type: 'counter' }) as Counter<NamedLabels<L>>;
  }

  /**
   * Defines a gauge of your own.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` for a wrong or taken name.
   */
  defineGauge<const L extends string = never>(
    options: DefineGaugeOptions<L>,
  ): Gauge<NamedLabels<L>> {
    const { collect, ...rest } = options;
    const instrument = this.#define({ ...rest, type: 'gauge' });
    const gauge = instrument as Gauge<NamedLabels<L>>;
    if (collect !== undefined) instrument.onCollect(() => collect(gauge));
    return gauge;
  }

  /**
   * Defines a histogram of your own.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` for a wrong or taken name, or bounds that
   * do not rise.
   */
  defineHistogram<const L extends string = never>(
    options: DefineHistogramOptions<L>,
  ): Histogram<NamedLabels<L>> {
    return this.#define({ ...options, type: 'histogram' }) as Histogram<NamedLabels<L>>;
  }

  /**
   * Shows these metrics in a prom-client registry too, those made later included, for code that
   * scrapes, pushes or aggregates it. A name that the registry has already stays what it is there,
   * and counts in `metrics_rejected_total`.
   *
   * @param registry A registry of prom-client.
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` under `strict`, for a name that is taken.
   */
  registerIn(registry: PromTarget): void {
    const taken = this.#targets.add(registry, this.instruments);
    if (taken.length === 0 || !this.#state.strict) return;
    throw new MetricsError(
      'METRICS_DEFINITION_INVALID',
      `The registry has ${taken.join(', ')} already; rename those there, or give a prefix.`,
    );
  }

  /** Forgets every series; definitions and handles stay. */
  reset(): void {
    for (const instrument of this.#instruments.values()) instrument.reset();
  }

  /**
   * Has gauges of the catalogue set before each scrape.
   *
   * @param collector Sets them, at once or within two seconds; its failure is counted and costs
   *   nothing else.
   * @returns Takes the collector back.
   * @example
   * ```ts
   * import { getMetricsManager } from '@map/metrics';
   *
   * const metrics = getMetricsManager();
   * const remove = metrics.onCollect(() => metrics.trackTask('queueDepth', { queue: 'mail' }, 7));
   * remove();
   * ```
   */
  onCollect(collector: Collector): () => void {
    this.#collectors.add(collector);
    return () => {
      this.#collectors.delete(collector);
    };
  }

  /**
   * Brings gauges up to date, as each scrape does first; a callback that fails or takes too long
   * is counted and costs only its own metric.
   */
  async collect(timeoutMs: number = 2000): Promise<void> {
    if (!this.#state.enabled) return;
    const run = async (name: string, collector: Collector): Promise<void> => {
      if (!(await runCollector(collector, timeoutMs))) this.countCollectFailure(name);
    };
    await Promise.all([
      ...[...this.#collectors].map((collector) => run('collector', collector)),
      ...this.instruments.map((one) => run(one.name, () => one.collect())),
    ]);
    this.#collectSelf();
  }

  /** Records an answered scrape. @internal */
  countScrape(milliseconds: number): void {
    (this.instrument('self', 'scrapeDuration') as HistogramInstrument).observe(
      {},
      milliseconds / 1000,
    );
  }

  /** Counts a metric that could not be read. @internal */
  countCollectFailure(metric: string): void {
    this.#state.rejected(metric, 'collect');
  }

  /** The metric of a key of the catalogue, made where it is new. @internal */
  instrument(category: Category, key: string): AnyInstrument {
    const known = this.#byCategory.get(category)?.get(key);
    if (known !== undefined) return known;
    const entries: Readonly<Record<string, MetricDefinition>> = Object.hasOwn(CATALOGUE, category)
      ? CATALOGUE[category]
      : {};
    const definition = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (definition === undefined) {
      throw new MetricsError(
        'METRICS_DEFINITION_INVALID',
        `${category} has no metric ${JSON.stringify(key)}; it has ${Object.keys(entries).join(', ') || 'none'}.`,
      );
    }
    const instrument = this.#make(definition, category === 'self' ? this.#selfState : this.#state);
    if (instrument.type === 'histogram' && definition.errors !== undefined) {
      instrument.errors = this.instrument(category, definition.errors) as CounterInstrument;
    }
    const keys = this.#byCategory.get(category) ?? new Map<string, AnyInstrument>();
    this.#byCategory.set(category, keys.set(key, instrument));
    this.#targets.show(instrument);
    return instrument;
  }

  #collectSelf(): void {
    const set = (key: string, labels: AnyLabels, value: number) =>
      (this.instrument('self', key) as GaugeInstrument).set(labels, value);
    const now = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    if (Number.isFinite(since.utilization)) set('utilization', {}, since.utilization);
    set('buildInfo', { version: this.#version, node_version: process.version }, 1);
    let series = 0;
    for (const instrument of this.#instruments.values()) {
      // A counter without labels shows 0 before its first event, so that its first rise is seen.
      if (instrument.type === 'counter' && instrument.labelNames.length === 0)
        instrument.locate({});
      series += instrument.series.length;
    }
    set('series', {}, series);
  }

  #catalogueCounter(key: 'overflow' | 'rejected'): CounterInstrument {
    return this.instrument('self', key) as CounterInstrument;
  }

  #track(category: Category, key: string, args: readonly unknown[]): void {
    if (!this.#state.enabled) return;
    let instrument: AnyInstrument;
    try {
      instrument = this.instrument(category, key);
    } catch (error) {
      if (this.#state.strict) throw error;
      // Without the key: whoever makes those up would make series.
      this.#state.rejected(category, 'label');
      return;
    }
    const labels = args[0] as AnyLabels;
    const value = args[1] as number;
    if (instrument.type === 'counter') instrument.inc(labels, value);
    else if (instrument.type === 'gauge') instrument.set(labels, value);
    else instrument.observe(labels, value);
  }

  #define(
    options: Omit<MetricDefinition, 'labels'> & { labels?: readonly string[] },
  ): AnyInstrument {
    const definition: MetricDefinition = { ...options, labels: [...(options.labels ?? [])] };
    validateDefinition(definition, this.#instruments.keys());
    const instrument = this.#make(definition, this.#state);
    this.#targets.show(instrument);
    return instrument;
  }

  #make(definition: MetricDefinition, state: State): AnyInstrument {
    const instrument =
      definition.type === 'counter'
        ? new CounterInstrument(definition, state)
        : definition.type === 'gauge'
          ? new GaugeInstrument(definition, state)
          : new HistogramInstrument(definition, state);
    this.#instruments.set(definition.name, instrument);
    return instrument;
  }
}
