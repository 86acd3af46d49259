import { describeValue, redactionVersion } from '@map/redaction/kernel';
import { MetricsError } from '../common/metrics-error.ts';
import type { AnyLabels, MetricDefinition, MetricType } from './definition.ts';
import { LabelIndex, type LabelPair } from './label-index.ts';
import { cleanLabelValue, isLabelValue, OVERFLOW } from './labels.ts';
import type { ManagerState } from './manager-state.ts';
import { redactLabel } from './redact-label.ts';

/** One label combination of a metric, and its measurements. */
export interface Series {
  /** The label values, in the order of the metric's label names. */
  readonly values: readonly string[];
  /** The rendered label pairs, cached by the first scrape. */
  text: string | undefined;
}

/** Paths of the label index per series: room for other label orders and spellings. */
const PATHS_PER_SERIES = 8;

/** Names that are read of one labels object. */
const MAX_NAMES = 100;

/** The common part of counters, gauges and histograms: finding and making series. */
export abstract class Instrument<S extends Series> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  readonly definition: MetricDefinition;
  /** Increases when series are dropped, so that bound handles look theirs up again. */
  epoch = 0;
  series: S[] = [];
  protected readonly state: ManagerState;
  readonly #aliases: readonly (ReadonlyMap<string, string> | undefined)[];
  #index = new LabelIndex<S>();
  #overflow: S | undefined;
  #redactionVersion = redactionVersion();
  #collect: (() => void | Promise<void>) | undefined;

  constructor(definition: MetricDefinition, state: ManagerState) {
    this.name = definition.name;
    this.help = definition.help;
    this.type = definition.type;
    this.labelNames = definition.labels;
    this.definition = definition;
    // Maps, because a plain object also has members such as constructor and toString.
    this.#aliases = definition.labels.map((label) => {
      const aliases = definition.aliases?.[label];
      return aliases === undefined ? undefined : new Map(Object.entries(aliases));
    });
    this.state = state;
  }

  /** Whether measurements are recorded. */
  get enabled(): boolean {
    return this.state.enabled;
  }

  protected abstract create(values: readonly string[]): S;

  /** Sets the callback that brings the metric up to date before each scrape. */
  onCollect(collect: () => void | Promise<void>): void {
    this.#collect = collect;
  }

  /** Runs the callback that brings the metric up to date; its failure is only counted. */
  collect(): void | Promise<void> {
    if (this.#collect === undefined) return;
    try {
      return Promise.resolve(this.#collect()).catch(() =>
        this.state.rejected(this.name, 'collect'),
      );
    } catch {
      this.state.rejected(this.name, 'collect');
    }
  }

  /** Drops every series. */
  reset(): void {
    this.#index = new LabelIndex();
    this.#overflow = undefined;
    this.series = [];
    this.epoch++;
  }

  /** Drops the series whose labels have become secret since they were made. */
  dropSecrets(): void {
    const version = redactionVersion();
    if (version === this.#redactionVersion) return;
    this.#redactionVersion = version;
    const kept = this.series.filter(({ values }) => this.#redact(values) === values);
    if (kept.length === this.series.length) return;
    this.reset();
    for (const series of kept) this.#insert(series);
  }

  /** Counts a value that cannot be recorded, or throws under `strict`. */
  refuseValue(value: unknown, expected: string): void {
    this.state.rejected(this.name, 'value');
    if (!this.state.strict) return;
    throw new MetricsError(
      'METRICS_VALUE_INVALID',
      `The value of ${this.name} must be ${expected}, got ${describeValue(value)}.`,
    );
  }

  /** Handles a measurement that threw: rethrows under `strict`, otherwise counts it. */
  failed(error: unknown): void {
    if (this.state.strict) throw error;
    this.state.rejected(this.name, 'label');
  }

  /** Copies the labels of a bound handle, because the caller may change the object later. */
  copy(labels: AnyLabels | undefined): AnyLabels {
    try {
      return typeof labels === 'object' ? { ...labels } : {};
    } catch (error) {
      this.failed(error);
      return {};
    }
  }

  /** Finds the series of these labels; creates it if it is missing. */
  locate(labels: AnyLabels | undefined): S {
    if (typeof labels === 'object' || labels === undefined) {
      const known = this.#index.find(labels);
      if (known !== undefined) return known;
    }
    return this.#locateSlowly(labels);
  }

  /** Checks and cleans labels that are new in this form; finds or makes their series. */
  #locateSlowly(labels: AnyLabels | undefined): S {
    const { pairs, isClean } = this.#read(labels);
    const values = new Array<string>(this.labelNames.length).fill('');
    let canRemember = isClean;
    for (const [name, value] of pairs) {
      const i = this.labelNames.indexOf(name);
      const clean = cleanLabelValue(value, this.state.maxLabelLength);
      values[i] = this.#aliases[i]?.get(clean) ?? clean;
      // Any number of strings may be cut or cleaned to one value: they would fill the index.
      if (typeof value === 'string' && value !== clean) canRemember = false;
    }
    let series = this.#findByValues(values);
    if (series === undefined) {
      const shown = this.#redact(values);
      // Nor is a secret remembered: each one leads to the same series, and is a secret.
      if (shown !== values) canRemember = false;
      series = this.#findByValues(shown) ?? this.#make(shown);
    }
    const { length } = this.series;
    if (canRemember && series !== this.#overflow && this.#index.paths < PATHS_PER_SERIES * length) {
      this.#index.add(pairs, series);
    }
    return series;
  }

  /** Reads the labels that the metric has; anything else is counted, or thrown under `strict`. */
  #read(labels: AnyLabels | undefined): { pairs: LabelPair[]; isClean: boolean } {
    const pairs: LabelPair[] = [];
    let problem: string | undefined;
    let names = 0;
    if (typeof labels !== 'object' && labels !== undefined) {
      problem = `\`labels\` of ${this.name} must be an object, got ${describeValue(labels)}`;
      labels = undefined;
    }
    for (const name in labels) {
      // An object of any size may come here, but labels are few.
      if (++names > MAX_NAMES) break;
      const value = labels[name];
      if (!this.labelNames.includes(name)) {
        if (value === undefined) continue;
        problem ??= `${this.name} does not have a label ${JSON.stringify(name.slice(0, 64))}`;
      } else if (isLabelValue(value)) {
        pairs.push([name, value]);
      } else {
        problem ??= `Label ${name} of ${this.name} must be a string, got ${describeValue(value)}`;
      }
    }
    if (problem === undefined) return { pairs, isClean: true };
    if (this.state.strict) {
      const known = this.labelNames.length === 0 ? 'none' : this.labelNames.join(', ');
      throw new MetricsError('METRICS_LABEL_INVALID', `${problem}. Its labels: ${known}.`);
    }
    this.state.rejected(this.name, 'label');
    return { pairs, isClean: false };
  }

  #findByValues(values: readonly string[]): S | undefined {
    return this.#index.find(Object.fromEntries(this.#pathOf(values)));
  }

  /** Masks secrets; without any it gives the same array. */
  #redact(values: readonly string[]): readonly string[] {
    const shown = values.map((value, i) => redactLabel(this.labelNames[i] as string, value));
    return shown.every((value, i) => value === values[i]) ? values : shown;
  }

  /** Makes a series, or gives the overflow series when the metric has as many as it may have. */
  #make(values: readonly string[]): S {
    // The overflow series is extra: a cap of n allows n series and this one.
    if (isOverflowing(values) || this.series.length < this.state.maxSeries) {
      return this.#add(values);
    }
    this.state.overflowed(this.name);
    return this.#overflow ?? this.#add(values.map(() => OVERFLOW));
  }

  #add(values: readonly string[]): S {
    const series = this.create(values);
    this.#insert(series);
    return series;
  }

  #insert(series: S): void {
    this.series.push(series);
    this.#index.add(this.#pathOf(series.values), series);
    if (isOverflowing(series.values)) this.#overflow = series;
  }

  /** The canonical path of a series: its non-empty labels in the order of the definition. */
  #pathOf(values: readonly string[]): LabelPair[] {
    return this.labelNames
      .map((name, i): LabelPair => [name, values[i]])
      .filter(([, value]) => value !== '');
  }
}

function isOverflowing(values: readonly string[]): boolean {
  return values.length > 0 && values.every((value) => value === OVERFLOW);
}
