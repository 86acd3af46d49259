import { cleanLabelValue, isLabelValue, OVERFLOW } from './labels.ts';
import { MetricsError } from './metrics-error.ts';
import type { State } from './state.ts';
import type { AnyLabels, MetricDefinition, MetricType } from './types.ts';

/** One label combination of a metric and what has been measured for it. */
export interface Series {
  /** The values in the order of the metric's label names. */
  readonly values: readonly string[];
  /** Rendered label pairs, made by the first scrape. */
  text: string | undefined;
}

type Branch<S> = Map<unknown, Branch<S> | S>;

/**
 * A metric's label index: nested maps from label value to label value, and at their end the
 * series. The maps hold raw values (200, undefined, an alias) beside the cleaned ones where the
 * raw ones are few, so that a measurement needs one lookup a label and builds no text.
 */
export abstract class Instrument<S extends Series> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  /** Goes up when series are dropped, so that bound handles look theirs up again. */
  epoch = 0;
  series: S[] = [];
  protected readonly state: State;
  readonly #aliases: readonly (ReadonlyMap<unknown, string> | undefined)[];
  #root: Branch<S> = new Map();
  // Where the first two labels of the last call led: calls repeat them more often than not.
  #firstValue: unknown;
  #first: Branch<S> | S | undefined;
  #secondValue: unknown;
  #second: Branch<S> | S | undefined;
  #single: S | undefined;
  #overflow: S | undefined;
  #collect: (() => void | Promise<void>) | undefined;

  constructor(definition: MetricDefinition, state: State) {
    this.name = definition.name;
    this.help = definition.help;
    this.type = definition.type;
    this.labelNames = definition.labels;
    // Maps, as a plain object would know of constructor and toString too.
    this.#aliases = definition.labels.map((label) => {
      const aliases = definition.aliases?.[label];
      return aliases === undefined ? undefined : new Map(Object.entries(aliases));
    });
    this.state = state;
  }

  /** Whether measurements are kept now. */
  get enabled(): boolean {
    return this.state.enabled;
  }

  protected abstract create(values: readonly string[]): S;

  /** Sets what runs before each scrape, to bring a metric up to date. */
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

  /** Forgets every series. */
  reset(): void {
    this.#root = new Map();
    this.#first = undefined;
    this.#second = undefined;
    this.#single = undefined;
    this.#overflow = undefined;
    this.series = [];
    this.epoch++;
  }

  /** Counts a value that cannot be kept, or throws under `strict`. */
  refuseValue(value: unknown, rule: string): void {
    this.state.rejected(this.name, 'value');
    if (!this.state.strict) return;
    const shown = typeof value === 'number' ? String(value) : typeof value;
    throw new MetricsError('METRICS_VALUE_INVALID', `${this.name}: ${shown} is refused, ${rule}.`);
  }

  /** Ends a measurement that threw: under `strict` it goes on to the caller, else it is counted. */
  failed(error: unknown): void {
    if (this.state.strict) throw error;
    this.state.rejected(this.name, 'label');
  }

  /** Copies labels for a bound handle: the caller may change the object later. */
  copy(labels: AnyLabels | undefined): AnyLabels {
    try {
      return typeof labels === 'object' ? { ...labels } : {};
    } catch (error) {
      this.failed(error);
      return {};
    }
  }

  /** The series of these labels, made where it is new. */
  locate(labels: AnyLabels | undefined): S {
    if (typeof labels !== 'object' && labels !== undefined) return this.#locateNew(labels);
    const names = this.labelNames;
    let node: Branch<S> | S | undefined = this.#root;
    let i = 0;
    for (const key in labels) {
      if (key !== names[i]) return this.#locateUnordered(labels);
      const value = labels[key];
      if (i === 0) node = this.#enterFirst(value);
      else if (i === 1) node = this.#enterSecond(node as Branch<S>, value);
      else node = (node as Branch<S>).get(value);
      if (node === undefined) return this.#locateNew(labels);
      i++;
    }
    if (i === 0) return this.#single ?? this.#locateNew(labels);
    for (; i < names.length; i++) {
      node = (node as Branch<S>).get(undefined);
      if (node === undefined) return this.#locateNew(labels);
    }
    return node as S;
  }

  #enterFirst(value: unknown): Branch<S> | S | undefined {
    if (this.#first !== undefined && value === this.#firstValue) return this.#first;
    this.#firstValue = value;
    this.#second = undefined;
    this.#first = this.#root.get(value);
    return this.#first;
  }

  #enterSecond(branch: Branch<S>, value: unknown): Branch<S> | S | undefined {
    if (this.#second !== undefined && value === this.#secondValue) return this.#second;
    this.#secondValue = value;
    this.#second = branch.get(value);
    return this.#second;
  }

  #locateUnordered(labels: AnyLabels): S {
    const names = this.labelNames;
    let given = 0;
    for (const key in labels) {
      if (labels[key] !== undefined) given++;
      // Whatever this is, it is not labels: a long walk over it would help nobody.
      if (given > names.length) return this.#locateNew(labels);
    }
    let node: Branch<S> | S | undefined = this.#root;
    for (let i = 0; i < names.length; i++) {
      const value = labels[names[i] as string];
      if (value !== undefined) given--;
      node = (node as Branch<S>).get(value);
      if (node === undefined) return this.#locateNew(labels);
    }
    if (given !== 0 || names.length === 0) return this.#locateNew(labels);
    return node as S;
  }

  /** The way that checks, cleans, counts and creates. */
  #locateNew(labels: AnyLabels | undefined): S {
    const raw = new Array<unknown>(this.labelNames.length);
    // Made in its full length: one that grows keeps room for a dozen more, in every series.
    const values = new Array<string>(this.labelNames.length);
    const unknown = this.#findUnknown(labels);
    let wrong = unknown !== undefined;
    if (wrong) this.#refuseLabel(`${this.name} has no label ${unknown}`);
    for (const [i, name] of this.labelNames.entries()) {
      const value = own(labels ?? {}, name);
      if (!isLabelValue(value)) {
        this.#refuseLabel(`${this.name}: label ${name} is ${typeof value}, not text`);
        wrong = true;
      }
      const clean = cleanLabelValue(value, this.state.maxLabelLength);
      raw[i] = value;
      values[i] = this.#aliases[i]?.get(clean) ?? clean;
    }
    if (wrong) this.state.rejected(this.name, 'label');
    return this.#find(values, raw) ?? this.#grow(values, raw);
  }

  /** The first label that is not one of the metric's. */
  #findUnknown(labels: AnyLabels | undefined): string | undefined {
    if (typeof labels !== 'object' && labels !== undefined) return typeof labels;
    for (const key in labels) {
      if (!this.labelNames.includes(key) && labels[key] !== undefined) {
        return JSON.stringify(key.slice(0, 64));
      }
    }
    return undefined;
  }

  #refuseLabel(message: string): void {
    if (!this.state.strict) return;
    const known = this.labelNames.length === 0 ? 'it has none' : this.labelNames.join(', ');
    throw new MetricsError('METRICS_LABEL_INVALID', `${message}; its labels: ${known}.`);
  }

  #find(values: readonly string[], raw: readonly unknown[]): S | undefined {
    if (values.length === 0) return this.#single;
    let node: Branch<S> | S | undefined = this.#root;
    for (let i = 0; i < values.length; i++) {
      const branch = node as Branch<S>;
      node = branch.get(values[i]);
      if (node === undefined) return undefined;
      this.#alias(branch, raw[i], node, i);
    }
    return node as S;
  }

  #grow(values: readonly string[], raw: readonly unknown[]): S {
    // The overflow series has a place of its own, so that a cap of n means n series and one more.
    const isOverflow = values.length > 0 && values.every((value) => value === OVERFLOW);
    if (!isOverflow && this.series.length >= this.state.maxSeries) {
      this.state.overflowed(this.name);
      this.#overflow ??= this.#insert(
        values.map(() => OVERFLOW),
        values.map(() => OVERFLOW),
      );
      return this.#overflow;
    }
    const series = this.#insert(values, raw);
    if (isOverflow) this.#overflow = series;
    return series;
  }

  #insert(values: readonly string[], raw: readonly unknown[]): S {
    const series = this.create(values);
    this.series.push(series);
    if (values.every((value) => value === '')) this.#single = series;
    let branch = this.#root;
    for (let i = 0; i < values.length; i++) {
      let next: Branch<S> | S | undefined = branch.get(values[i]);
      if (next === undefined) {
        next = i === values.length - 1 ? series : new Map();
        branch.set(values[i], next);
      }
      this.#alias(branch, raw[i], next, i);
      branch = next as Branch<S>;
    }
    return series;
  }

  /** Adds the raw value beside the cleaned one, but only where there can never be many. */
  #alias(branch: Branch<S>, raw: unknown, node: Branch<S> | S, index: number): void {
    const few =
      raw === undefined ||
      raw === null ||
      typeof raw === 'boolean' ||
      (Number.isInteger(raw) && (raw as number) >= 0 && (raw as number) < 1000) ||
      this.#aliases[index]?.has(raw) === true;
    if (few) branch.set(raw, node);
  }
}

/** A label may be named as something that every object has, such as constructor. */
function own(labels: AnyLabels, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(labels, name) ? undefined : labels[name];
}
