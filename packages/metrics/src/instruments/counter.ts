import type { AnyLabels } from './definition.ts';
import { type Exemplar, takeExemplar } from './exemplar.ts';
import { Instrument, type Series } from './instrument.ts';
import type { BoundCounter, Counter } from './metric.ts';

/** One series of a counter. */
export interface CounterSeries extends Series {
  value: number;
  exemplar: Exemplar | undefined;
}

/** The instrument behind a counter. */
export class CounterInstrument extends Instrument<CounterSeries> implements Counter<AnyLabels> {
  declare readonly type: 'counter';

  protected create(values: readonly string[]): CounterSeries {
    return { values, text: undefined, value: 0, exemplar: undefined };
  }

  inc(labels?: AnyLabels, value: number = 1): void {
    if (!this.state.enabled) return;
    try {
      if (this.accepts(value)) this.add(this.locate(labels), value);
    } catch (error) {
      this.failed(error);
    }
  }

  labels(labels?: AnyLabels): BoundCounter {
    return new BoundCounterSeries(this, labels);
  }

  /** Returns whether the value can be added; a wrong one is counted, or thrown under `strict`. */
  accepts(value: number): boolean {
    if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return true;
    this.refuseValue(value, 'a finite number of at least 0');
    return false;
  }

  /** Adds to a located series. */
  add(series: CounterSeries, value: number): void {
    series.value += value;
    if (this.state.exemplar !== undefined) {
      series.exemplar = takeExemplar(this.state, value) ?? series.exemplar;
    }
  }
}

class BoundCounterSeries implements BoundCounter {
  readonly #counter: CounterInstrument;
  readonly #labels: AnyLabels;
  #series: CounterSeries | undefined;
  #epoch = 0;

  constructor(counter: CounterInstrument, labels: AnyLabels | undefined) {
    this.#counter = counter;
    this.#labels = counter.copy(labels);
  }

  inc(value: number = 1): void {
    const counter = this.#counter;
    if (!counter.enabled) return;
    try {
      if (!counter.accepts(value)) return;
      if (this.#series === undefined || this.#epoch !== counter.epoch) {
        this.#series = counter.locate(this.#labels);
        this.#epoch = counter.epoch;
      }
      counter.add(this.#series, value);
    } catch (error) {
      counter.failed(error);
    }
  }
}
