import type { AnyLabels } from './definition.ts';
import { Instrument, type Series } from './instrument.ts';
import type { BoundGauge, Gauge } from './metric.ts';

/** One series of a gauge. */
export interface GaugeSeries extends Series {
  value: number;
}

/** The instrument behind a gauge. */
export class GaugeInstrument extends Instrument<GaugeSeries> implements Gauge<AnyLabels> {
  declare readonly type: 'gauge';

  protected create(values: readonly string[]): GaugeSeries {
    return { values, text: undefined, value: 0 };
  }

  set(labels: AnyLabels, value: number): void {
    if (!this.state.enabled) return;
    try {
      if (this.accepts(value)) this.locate(labels).value = value;
    } catch (error) {
      this.failed(error);
    }
  }

  inc(labels?: AnyLabels, value: number = 1): void {
    if (!this.state.enabled) return;
    try {
      if (this.accepts(value)) this.locate(labels).value += value;
    } catch (error) {
      this.failed(error);
    }
  }

  dec(labels?: AnyLabels, value: number = 1): void {
    if (!this.state.enabled) return;
    try {
      if (this.accepts(value)) this.locate(labels).value -= value;
    } catch (error) {
      this.failed(error);
    }
  }

  labels(labels?: AnyLabels): BoundGauge {
    return new BoundGaugeSeries(this, labels);
  }

  /** Returns whether the value can be recorded; a wrong one is counted, or thrown under `strict`. */
  accepts(value: number): boolean {
    if (Number.isFinite(value)) return true;
    this.refuseValue(value, 'a finite number');
    return false;
  }
}

class BoundGaugeSeries implements BoundGauge {
  readonly #gauge: GaugeInstrument;
  readonly #labels: AnyLabels;
  #series: GaugeSeries | undefined;
  #epoch = 0;

  constructor(gauge: GaugeInstrument, labels: AnyLabels | undefined) {
    this.#gauge = gauge;
    this.#labels = gauge.copy(labels);
  }

  set(value: number): void {
    const gauge = this.#gauge;
    if (!gauge.enabled) return;
    try {
      if (gauge.accepts(value)) this.#find().value = value;
    } catch (error) {
      gauge.failed(error);
    }
  }

  inc(value: number = 1): void {
    const gauge = this.#gauge;
    if (!gauge.enabled) return;
    try {
      if (gauge.accepts(value)) this.#find().value += value;
    } catch (error) {
      gauge.failed(error);
    }
  }

  dec(value: number = 1): void {
    const gauge = this.#gauge;
    if (!gauge.enabled) return;
    try {
      if (gauge.accepts(value)) this.#find().value -= value;
    } catch (error) {
      gauge.failed(error);
    }
  }

  #find(): GaugeSeries {
    if (this.#series === undefined || this.#epoch !== this.#gauge.epoch) {
      this.#series = this.#gauge.locate(this.#labels);
      this.#epoch = this.#gauge.epoch;
    }
    return this.#series;
  }
}
