import { redactText } from '@map/redaction';
import { CATALOGUE, type Category } from '../catalogue/catalogue.ts';
import { MetricsError } from '../common/metrics-error.ts';
import { boundsOf, definitionProblem, type MetricDefinition } from '../instruments/definition.ts';
import { type AnyInstrument, hasShape, makeInstrument } from '../instruments/make-instrument.ts';
import type { ManagerState } from '../instruments/manager-state.ts';

/** How a registry makes its instruments. */
export interface RegistryOptions {
  /** Returns the settings that the instruments of a category share; undefined is for `define…`. */
  readonly stateOf: (category?: Category) => ManagerState;
  /** Receives each new instrument. */
  readonly onMade: (instrument: AnyInstrument) => void;
}

/** The instruments of one manager: those of the catalogue, made on first use, and defined ones. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #byName = new Map<string, AnyInstrument>();
  readonly #byKey = new Map<Category, Map<string, AnyInstrument>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** The instruments that have been made, without labels that have become secret. */
  get instruments(): readonly AnyInstrument[] {
    const instruments = [...this.#byName.values()];
    for (const instrument of instruments) instrument.dropSecrets();
    return instruments;
  }

  /**
   * Returns the instrument of a key of the catalogue.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` if the catalogue does not have the key.
   */
  get(category: Category, key: string): AnyInstrument {
    return this.#byKey.get(category)?.get(key) ?? this.#makeFromCatalogue(category, key);
  }

  /**
   * Returns the instrument of a definition. The same definition again gives the same instrument,
   * because a module may be evaluated twice in one process.
   *
   * @throws {MetricsError} `METRICS_DEFINITION_INVALID` if the definition breaks a rule, or its
   * name belongs to another one.
   */
  define(given: MetricDefinition): AnyInstrument {
    const problem = definitionProblem(given);
    if (problem !== undefined) throw refusal(given, problem);
    const definition = { ...given, help: redactText(given.help) };
    const taken = findInCatalogue(definition.name);
    if (taken !== undefined) {
      throw refusal(
        definition,
        `is already ${taken.place} in the catalogue, ${describe(taken.definition)}; got ${describe(definition)}. Choose another name.`,
      );
    }
    const known = this.#byName.get(definition.name);
    if (known === undefined) {
      const instrument = makeInstrument(definition, this.#options.stateOf());
      this.#add(instrument);
      return instrument;
    }
    if (known.help === definition.help && hasShape(known, definition)) return known;
    throw refusal(
      definition,
      `is already defined as ${describe(known.definition)}; got ${describe(definition)}. Choose another name, or make both definitions equal.`,
    );
  }

  /** Drops every series. */
  reset(): void {
    for (const instrument of this.#byName.values()) instrument.reset();
  }

  #makeFromCatalogue(category: Category, key: string): AnyInstrument {
    const definition = definitionOf(category, key);
    const instrument = makeInstrument(definition, this.#options.stateOf(category));
    if (instrument.type === 'histogram' && definition.errors !== undefined) {
      const errors = this.get(category, definition.errors);
      if (errors.type === 'counter') instrument.errors = errors;
    }
    const keys = this.#byKey.get(category) ?? new Map<string, AnyInstrument>();
    this.#byKey.set(category, keys.set(key, instrument));
    this.#add(instrument);
    return instrument;
  }

  #add(instrument: AnyInstrument): void {
    this.#byName.set(instrument.name, instrument);
    this.#options.onMade(instrument);
  }
}

function definitionOf(category: Category, key: string): MetricDefinition {
  const entries: Readonly<Record<string, MetricDefinition>> = Object.hasOwn(CATALOGUE, category)
    ? CATALOGUE[category]
    : {};
  const definition = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (definition !== undefined) return definition;
  const known = Object.keys(entries).join(', ');
  throw new MetricsError(
    'METRICS_DEFINITION_INVALID',
    `Category ${category} does not have a metric ${JSON.stringify(key)}. Its metrics: ${known || 'none'}.`,
  );
}

function findInCatalogue(
  name: string,
): { readonly place: string; readonly definition: MetricDefinition } | undefined {
  for (const [category, entries] of Object.entries(CATALOGUE)) {
    for (const [key, definition] of Object.entries<MetricDefinition>(entries)) {
      if (definition.name === name) return { place: `${category}.${key}`, definition };
    }
  }
  return undefined;
}

/** Describes a definition in an error that compares two. */
function describe(definition: MetricDefinition): string {
  const { type, help, labels } = definition;
  const bounds = type === 'histogram' ? `, buckets [${boundsOf(definition).join(', ')}]` : '';
  return `a ${type} with labels [${labels.join(', ')}]${bounds} and help ${JSON.stringify(help)}`;
}

function refusal({ name }: MetricDefinition, problem: string): MetricsError {
  return new MetricsError(
    'METRICS_DEFINITION_INVALID',
    `Metric ${JSON.stringify(name)}${problem.startsWith('is ') ? ' ' : ': '}${problem}`,
  );
}
