import type { Exemplar } from './exemplar.ts';
import type { Family, Sample } from './family.ts';
import type { AnyInstrument, MetricsManager } from './manager.ts';

/** The part of a prom-client registry that takes metrics. */
export interface PromTarget {
  registerMetric(metric: never): void;
}

/** The prom-client registries that show a manager's metrics. */
export class PromTargets {
  readonly #manager: MetricsManager;
  readonly #targets: PromTarget[] = [];

  constructor(manager: MetricsManager) {
    this.#manager = manager;
  }

  /** Adds a registry, and tells the names that it has already. */
  add(target: PromTarget, instruments: readonly AnyInstrument[]): string[] {
    if (this.#targets.includes(target)) return [];
    this.#targets.push(target);
    const taken = instruments.filter((instrument) => !this.#tryIn(target, instrument));
    return taken.map(({ name }) => this.#manager.prefix + name);
  }

  /** Shows a new metric in each. */
  show(instrument: AnyInstrument): void {
    for (const target of this.#targets) this.#tryIn(target, instrument);
  }

  /** A clash of names over there must not fail a measurement here. */
  #tryIn(target: PromTarget, instrument: AnyInstrument): boolean {
    try {
      registerIn(target, instrument, this.#manager);
      return true;
    } catch {
      this.#manager.countCollectFailure(instrument.name);
      return false;
    }
  }
}

/** Shows a metric in a prom-client registry: as an object of the shape that its own metrics have. */
function registerIn(target: PromTarget, instrument: AnyInstrument, manager: MetricsManager): void {
  const fullName = manager.prefix + instrument.name;
  let name = fullName;
  const metric = {
    help: instrument.help,
    type: instrument.type,
    aggregator: 'sum',
    get name(): string {
      return name;
    },
    // An OpenMetrics scrape takes _total off the name before it reads; that holds for one read.
    set name(value: string) {
      name = value;
    },
    async get(): Promise<Family> {
      const shown = name;
      name = fullName;
      await instrument.collect();
      const { help, type } = instrument;
      return { name: shown, help, type, aggregator: 'sum', values: samples(instrument, fullName) };
    },
    reset: () => instrument.reset(),
  };
  target.registerMetric(metric as never);
}

function samples(instrument: AnyInstrument, name: string): Sample[] {
  if (instrument.type !== 'histogram') {
    return instrument.series.map((series) => ({
      value: series.value,
      labels: labelsOf(instrument, series.values),
      ...('exemplar' in series ? { exemplar: promExemplar(series.exemplar) } : {}),
    }));
  }
  return instrument.series.flatMap(({ values, counts, sum, exemplars }) => {
    const labels = labelsOf(instrument, values);
    let total = 0;
    const buckets = counts.map((count, i) => {
      total += count;
      const le = instrument.bounds[i] ?? '+Inf';
      return {
        metricName: `${name}_bucket`,
        labels: { ...labels, le },
        value: total,
        exemplar: promExemplar(exemplars?.[i]),
      };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total },
    ];
  });
}

function promExemplar(exemplar: Exemplar | undefined): Sample['exemplar'] {
  if (exemplar === undefined) return null;
  const { labels, value, timestamp } = exemplar;
  return { labelSet: { ...labels }, value, timestamp };
}

function labelsOf(
  { labelNames }: AnyInstrument,
  values: readonly string[],
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [i, name] of labelNames.entries()) {
    if (values[i] !== undefined && values[i] !== '') labels[name] = values[i];
  }
  return labels;
}
