import { CATALOGUE } from './catalogue.ts';
import type { CounterInstrument } from './counter.ts';
import type { GaugeInstrument } from './gauge.ts';
import type { HistogramInstrument } from './histogram.ts';
import type { AnyInstrument } from './manager.ts';
import type { BoundCounter, BoundGauge, BoundHistogram, Counter, HandleOf } from './metric.ts';
import { getMetricsManager } from './shared-manager.ts';
import type { AnyLabels, Catalogue, Category, MetricDefinition, MetricType } from './types.ts';

/** A catalogue metric of the shared manager, looked up on first use so that importing costs little. */
export class CatalogueHandle {
  readonly category: Category;
  readonly key: string;
  #target: AnyInstrument | undefined;

  constructor(category: Category, key: string) {
    this.category = category;
    this.key = key;
  }

  get definition(): MetricDefinition {
    const entries: Readonly<Record<string, MetricDefinition>> = CATALOGUE[this.category];
    return entries[this.key] as MetricDefinition;
  }

  get name(): string {
    return this.definition.name;
  }

  get help(): string {
    return this.definition.help;
  }

  get type(): MetricType {
    return this.definition.type;
  }

  get labelNames(): readonly string[] {
    return this.definition.labels;
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

  #find(): AnyInstrument {
    this.#target ??= getMetricsManager().instrument(this.category, this.key);
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
