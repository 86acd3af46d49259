import type { Family, Sample } from '../exposition/family.ts';
import { type Exemplar, shownExemplar } from '../instruments/exemplar.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';
import type { PromTarget } from './prom-target.ts';

/** The part of the manager that the registries need. */
interface Source {
  /** The prefix of every name. */
  readonly prefix: string;
  /** Reports a metric that a registry refuses. */
  countCollectFailure(metric: string): void;
}

/** The prom-client registries that also show a manager's metrics. */
export class PromTargets {
  readonly #source: Source;
  readonly #targets: PromTarget[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Adds a registry.
   *
   * @returns The names that it already has.
   */
  add(target: PromTarget, instruments: readonly AnyInstrument[]): string[] {
    if (this.#targets.includes(target)) return [];
    this.#targets.push(target);
    const taken = instruments.filter((instrument) => !this.#tryIn(target, instrument));
    return taken.map(({ name }) => this.#source.prefix + name);
  }

  /** Shows a new metric in each registry. */
  show(instrument: AnyInstrument): void {
    for (const target of this.#targets) this.#tryIn(target, instrument);
  }

  /** A name that is taken there must not fail a measurement here. */
  #tryIn(target: PromTarget, instrument: AnyInstrument): boolean {
    try {
      registerIn(target, instrument, this.#source.prefix);
      return true;
    } catch {
      this.#source.countCollectFailure(instrument.name);
      return false;
    }
  }
}

/** Registers an object with the members that a registry reads of a metric. */
function registerIn(target: PromTarget, instrument: AnyInstrument, prefix: string): void {
  const fullName = prefix + instrument.name;
  let name = fullName;
  const metric = {
    help: instrument.help,
    type: instrument.type,
    aggregator: 'sum',
    get name(): string {
      return name;
    },
    // prom-client 15 renames a counter for an OpenMetrics scrape and never renames it back
    // (lib/registry.js, `standardizeCounterName`). Here the new name is used for one read.
    set name(value: string) {
      name = value;
    },
    async get(): Promise<Family> {
      const shown = name;
      name = fullName;
      await instrument.collect();
      instrument.dropSecrets();
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
  const shown = shownExemplar(exemplar);
  if (shown === undefined) return null;
  const { labels, value, timestamp } = shown;
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
