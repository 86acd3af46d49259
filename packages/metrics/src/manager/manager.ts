import { redactText } from '@map/redaction';
import type { Catalogue, Category } from '../catalogue/catalogue.ts';
import { called } from '../common/called.ts';
import { checkObject } from '../common/check.ts';
import { MetricsError } from '../common/metrics-error.ts';
import type {
  AnyLabels,
  MetricDefinition,
  NamedLabels,
  TrackArguments,
} from '../instruments/definition.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';
import type { ManagerState } from '../instruments/manager-state.ts';
import type { Counter, Gauge, HandleOf, Histogram } from '../instruments/metric.ts';
import type { PromTarget } from '../prom-client/prom-target.ts';
import { PromTargets } from '../prom-client/prom-targets.ts';
import { type Collector, runCollector } from './collector.ts';
import {
  checkDefinition,
  checkOptions,
  type DefineGaugeOptions,
  type DefineHistogramOptions,
  type DefineOptions,
  type MetricsOptions,
} from './options.ts';
import { Registry } from './registry.ts';
import { SelfMetrics } from './self-metrics.ts';

/**
 * Records measurements. `getMetricsManager()` gives the manager that the whole process shares.
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
  readonly #state: ManagerState;
  readonly #selfState: ManagerState;
  readonly #registry: Registry;
  readonly #self: SelfMetrics;
  readonly #targets = new PromTargets(this);
  readonly #collectors = new Set<Collector>();
  #prefix = '';
  #defaultLabels: Readonly<Record<string, string>> = {};
  #version = '';
  #attribution: MetricsOptions['attribution'];
  #signal: MetricsOptions['signal'];
  #errorType: MetricsOptions['errorType'];

  /** @param options How to record. */
  constructor(options: MetricsOptions = {}) {
    checkObject('options', options);
    this.#registry = new Registry({
      stateOf: (category) => (category === 'self' ? this.#selfState : this.#state),
      onMade: (instrument) => this.#targets.show(instrument),
    });
    const self = new SelfMetrics((key) => this.#registry.get('self', key));
    this.#self = self;
    this.#state = {
      enabled: true,
      strict: false,
      maxSeries: 2000,
      maxLabelLength: 128,
      exemplar: undefined,
      overflowed: (metric) => self.overflowed(metric),
      rejected: (metric, reason) => self.rejected(metric, reason),
    };
    // The metrics about metrics have no cap: they would count their own overflow for ever.
    this.#selfState = { ...this.#state, maxSeries: Number.POSITIVE_INFINITY };
    this.configure(options);
  }

  /**
   * Changes how the manager records; existing handles follow.
   *
   * @param options The options to change; the others stay as they are.
   * @returns The manager.
   * @throws {MetricsError} `METRICS_OPTION_INVALID` if an option has a wrong value.
   */
  configure(options: MetricsOptions): this {
    checkOptions(options);
    const state = this.#state;
    this.#prefix = options.prefix ?? this.#prefix;
    this.#defaultLabels = { ...(options.defaultLabels ?? this.#defaultLabels) };
    this.#version = options.version ?? this.#version;
    state.enabled = options.enabled ?? state.enabled;
    this.#selfState.enabled = state.enabled;
    state.strict = options.strict ?? state.strict;
    state.maxSeries = options.maxSeries ?? state.maxSeries;
    state.maxLabelLength = options.maxLabelLength ?? state.maxLabelLength;
    if ('exemplar' in options) state.exemplar = options.exemplar;
    if ('attribution' in options) this.#attribution = options.attribution;
    if ('signal' in options) this.#signal = options.signal;
    if ('errorType' in options) this.#errorType = options.errorType;
    return this;
  }

  /** Whether measurements are recorded. */
  get enabled(): boolean {
    return this.#state.enabled;
  }

  /** The prefix of every metric name. */
  get prefix(): string {
    return this.#prefix;
  }

  /** The labels of every series. */
  get defaultLabels(): Readonly<Record<string, string>> {
    const entries = Object.entries(this.#defaultLabels);
    return Object.fromEntries(entries.map(([name, value]) => [name, redactText(value)]));
  }

  /** The application's version. */
  get version(): string {
    return this.#version;
  }

  /** The functions that the application has configured. */
  get callbacks(): Pick<MetricsOptions, 'exemplar' | 'attribution' | 'signal' | 'errorType'> {
    const { exemplar } = this.#state;
    return {
      exemplar,
      attribution: this.#attribution,
      signal: this.#signal,
      errorType: this.#errorType,
    };
  }

  /** The attribution of a model call that starts now. @internal */
  get attribution(): string | undefined {
    return called(this.#attribution);
  }

  /** The signal of the work that a model call that starts now is part of. @internal */
  get signal(): AbortSignal | undefined {
    return called(this.#signal);
  }

  /** Names an error for the label `error_type`. @internal */
  get errorType(): MetricsOptions['errorType'] {
    return this.#errorType;
  }

  /** The metrics in use so far. @internal */
  get instruments(): readonly AnyInstrument[] {
    return this.#registry.instruments;
  }

  /** Records an HTTP metric. */
  trackHttp<K extends keyof Catalogue['http']>(
    metric: K,
    ...args: TrackArguments<Catalogue['http'][K]>
  ): void {
    this.#track('http', metric, args[0], args[1]);
  }

  /** Records a task metric. */
  trackTask<K extends keyof Catalogue['task']>(
    metric: K,
    ...args: TrackArguments<Catalogue['task'][K]>
  ): void {
    this.#track('task', metric, args[0], args[1]);
  }

  /**
   * Records a language model metric.
   *
   * @param metric The key in the catalogue: `requests`, `tokens`, `duration`…
   * @param args The labels, and the value: a counter adds it (1 by default), a histogram records
   * it, a gauge is set to it.
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
    this.#track('llm', metric, args[0], args[1]);
  }

  /** Records an agent metric. */
  trackAgent<K extends keyof Catalogue['agent']>(
    metric: K,
    ...args: TrackArguments<Catalogue['agent'][K]>
  ): void {
    this.#track('agent', metric, args[0], args[1]);
  }

  /** Records a tool metric. */
  trackTool<K extends keyof Catalogue['tool']>(
    metric: K,
    ...args: TrackArguments<Catalogue['tool'][K]>
  ): void {
    this.#track('tool', metric, args[0], args[1]);
  }

  /** Records a memory metric. */
  trackMemory<K extends keyof Catalogue['memory']>(
    metric: K,
    ...args: TrackArguments<Catalogue['memory'][K]>
  ): void {
    this.#track('memory', metric, args[0], args[1]);
  }

  /** Records a cache metric. */
  trackCache<K extends keyof Catalogue['cache']>(
    metric: K,
    ...args: TrackArguments<Catalogue['cache'][K]>
  ): void {
    this.#track('cache', metric, args[0], args[1]);
  }

  /** Records a metric of a connection pool. */
  trackConnection<K extends keyof Catalogue['connection']>(
    metric: K,
    ...args: TrackArguments<Catalogue['connection'][K]>
  ): void {
    this.#track('connection', metric, args[0], args[1]);
  }

  /**
   * Returns the handle of a metric of the catalogue. The exported constants are the handles of the
   * shared manager.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` if the catalogue does not have the key.
   */
  metric<C extends Category, K extends keyof Catalogue[C] & string>(
    category: C,
    key: K,
  ): HandleOf<Catalogue[C][K]> {
    return this.#registry.get(category, key) as unknown as HandleOf<Catalogue[C][K]>;
  }

  /**
   * Defines a counter. The same definition again gives the same counter.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` if the definition breaks a rule, or its
   * name belongs to another metric.
   */
  defineCounter<const L extends string = never>(
    options: DefineOptions<L>,
  ): Counter<NamedLabels<L>> {
    checkDefinition('defineCounter()', options);
    return this.#define({ ...options, type: 'counter' }) as Counter<NamedLabels<L>>;
  }

  /**
   * Defines a gauge. The same definition again gives the same gauge, with the newer `collect`.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` if the definition breaks a rule, or its
   * name belongs to another metric.
   */
  defineGauge<const L extends string = never>(
    options: DefineGaugeOptions<L>,
  ): Gauge<NamedLabels<L>> {
    checkDefinition('defineGauge()', options);
    const { collect, ...rest } = options;
    const instrument = this.#define({ ...rest, type: 'gauge' });
    const gauge = instrument as Gauge<NamedLabels<L>>;
    if (collect !== undefined) instrument.onCollect(() => collect(gauge));
    return gauge;
  }

  /**
   * Defines a histogram. The same definition again gives the same histogram.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` if the definition breaks a rule, or its
   * name belongs to another metric.
   */
  defineHistogram<const L extends string = never>(
    options: DefineHistogramOptions<L>,
  ): Histogram<NamedLabels<L>> {
    checkDefinition('defineHistogram()', options);
    return this.#define({ ...options, type: 'histogram' }) as Histogram<NamedLabels<L>>;
  }

  /**
   * Also shows these metrics, and those made later, in a prom-client registry, for code that
   * scrapes, pushes or aggregates it. A name that the registry already has keeps its meaning there
   * and counts in `metrics_rejected_total`.
   *
   * @param registry A registry of prom-client.
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` under `strict`, if a name is taken.
   */
  registerIn(registry: PromTarget): void {
    const taken = this.#targets.add(registry, this.instruments);
    if (taken.length === 0 || !this.#state.strict) return;
    throw new MetricsError(
      'METRICS_DEFINITION_INVALID',
      `The registry already has ${taken.join(', ')}. Rename them there, or set \`prefix\`.`,
    );
  }

  /** Drops every series; definitions and handles stay. */
  reset(): void {
    this.#registry.reset();
  }

  /**
   * Sets gauges of the catalogue before each scrape.
   *
   * @param collector Sets the gauges, within two seconds. A failure is counted and affects nothing
   * else.
   * @returns A function that removes the collector.
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
   * Brings gauges up to date, as each scrape does first. A callback that fails or takes too long
   * is counted and affects only its own metric.
   *
   * @param timeoutMs Time limit of each callback in milliseconds; 2,000 by default.
   * @param isScrape `false` leaves out gauges that cover the time since the last scrape.
   */
  async collect(timeoutMs: number = 2000, isScrape: boolean = true): Promise<void> {
    if (!this.#state.enabled) return;
    const run = async (name: string, collector: Collector): Promise<void> => {
      if (!(await runCollector(collector, timeoutMs))) this.countCollectFailure(name);
    };
    await Promise.all([
      ...[...this.#collectors].map((collector) => run('collector', collector)),
      ...this.instruments.map((one) => run(one.name, () => one.collect())),
    ]);
    this.#self.collect(this.#version, this.instruments, isScrape);
  }

  /** Records the duration of a scrape. @internal */
  countScrape(milliseconds: number): void {
    this.#self.scraped(milliseconds);
  }

  /** Counts a metric that could not be read. @internal */
  countCollectFailure(metric: string): void {
    this.#self.rejected(metric, 'collect');
  }

  #track(category: Category, key: string, labels: AnyLabels | undefined, value?: number): void {
    if (!this.#state.enabled) return;
    let instrument: AnyInstrument;
    try {
      instrument = this.#registry.get(category, key);
    } catch (error) {
      if (this.#state.strict) throw error;
      // The key is not a label here: callers that make up keys would make series.
      this.#self.rejected(category, 'label');
      return;
    }
    if (instrument.type === 'counter') instrument.inc(labels, value);
    else if (instrument.type === 'gauge') instrument.set(labels ?? {}, value as number);
    else instrument.observe(labels ?? {}, value as number);
  }

  #define(
    options: Omit<MetricDefinition, 'labels'> & { labels?: readonly string[] },
  ): AnyInstrument {
    return this.#registry.define({ ...options, labels: [...(options.labels ?? [])] });
  }
}

/** A callback of the application that fails must not fail the call that it is about. */
