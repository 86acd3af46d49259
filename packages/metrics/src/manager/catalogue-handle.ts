import { CATALOGUE, type Catalogue, type Category } from '../catalogue/catalogue.ts';
import type { CounterInstrument } from '../instruments/counter.ts';
import type { AnyLabels, MetricDefinition, MetricType } from '../instruments/definition.ts';
import type { GaugeInstrument } from '../instruments/gauge.ts';
import type { HistogramInstrument } from '../instruments/histogram.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';
import type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  Counter,
  HandleOf,
} from '../instruments/metric.ts';
import { getMetricsManager } from './shared-manager.ts';

/** A catalogue metric of the shared manager, looked up on first use so that importing is cheap. */
class CatalogueHandle {
  readonly #category: Category;
  readonly #key: string;
  #target: AnyInstrument | undefined;

  constructor(category: Category, key: string) {
    this.#category = category;
    this.#key = key;
  }

  get name(): string {
    return this.#definition.name;
  }

  get help(): string {
    return this.#definition.help;
  }

  get type(): MetricType {
    return this.#definition.type;
  }

  get labelNames(): readonly string[] {
    return this.#definition.labels;
  }

  get enabled(): boolean {
    return this.#find().enabled;
  }

  get errors(): Counter | undefined {
    return (this.#find() as HistogramInstrument).errors;
  }

  get bounds(): readonly number[] {
    return (this.#find() as HistogramInstrument).bounds;
  }

  inc(labels?: AnyLabels, value?: number): void {
    (this.#find() as CounterInstrument).inc(labels, value);
  }

  dec(labels?: AnyLabels, value?: number): void {
    (this.#find() as GaugeInstrument).dec(labels, value);
  }

  set(labels: AnyLabels, value: number): void {
    (this.#find() as GaugeInstrument).set(labels, value);
  }

  observe(labels: AnyLabels, value: number): void {
    (this.#find() as HistogramInstrument).observe(labels, value);
  }

  labels(labels?: AnyLabels): BoundCounter | BoundGauge | BoundHistogram {
    return this.#find().labels(labels);
  }

  get #definition(): MetricDefinition {
    const entries: Readonly<Record<string, MetricDefinition>> = CATALOGUE[this.#category];
    return entries[this.#key] as MetricDefinition;
  }

  #find(): AnyInstrument {
    this.#target ??= getMetricsManager().metric(
      this.#category,
      this.#key as never,
    ) as unknown as AnyInstrument;
    return this.#target;
  }
}

/** Makes the exported handle of one metric of the catalogue. */
export function handle<C extends Category, K extends keyof Catalogue[C] & string>(
  category: C,
  key: K,
): HandleOf<Catalogue[C][K]> {
  return new CatalogueHandle(category, key) as unknown as HandleOf<Catalogue[C][K]>;
}
