import type { FullContent } from '../exposition/content.ts';
import { type ShownExemplar, shownExemplar } from '../instruments/exemplar.ts';
import type { AnyInstrument } from '../instruments/make-instrument.ts';

/** One series as data. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  /** The value of a counter or gauge; the number of values of a histogram. */
  readonly value: number;
  /** Number of values in each bucket of a histogram, not cumulative. */
  readonly counts: readonly number[];
  readonly exemplar: ShownExemplar | undefined;
}

/** The metrics of one moment, found by name. */
export class Snapshot {
  readonly #content: FullContent;
  readonly #byName: ReadonlyMap<string, AnyInstrument>;

  constructor(content: FullContent) {
    this.#content = content;
    this.#byName = new Map(content.instruments.map((one) => [one.name, one]));
  }

  /** The metrics that have series, by name without prefix. */
  get instruments(): readonly AnyInstrument[] {
    return this.#content.instruments.filter(({ series }) => series.length > 0);
  }

  /** The series of a metric of the catalogue or of the application. */
  rows({ name }: { readonly name: string }): Row[] {
    const instrument = this.#byName.get(name);
    if (instrument === undefined) return [];
    if (instrument.type === 'histogram') {
      return instrument.series.map(({ values, counts }) => ({
        labels: labelsOf(instrument.labelNames, values),
        value: sum(counts),
        counts,
        exemplar: undefined,
      }));
    }
    return instrument.series.map((series) => ({
      labels: labelsOf(instrument.labelNames, series.values),
      value: series.value,
      counts: [],
      exemplar: 'exemplar' in series ? shownExemplar(series.exemplar) : undefined,
    }));
  }

  /** The sum of a metric of the process; undefined without it. */
  process(name: string): number | undefined {
    const family = this.#content.families.find((one) => one.name === name);
    return family === undefined ? undefined : sum(family.values.map(({ value }) => value));
  }
}

/** Adds up numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function labelsOf(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}
