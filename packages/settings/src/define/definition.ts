import type { TObject, TSchema } from '@sinclair/typebox';
import { explain, type SettingsExplanation } from '../load/explain.ts';
import { type LoadOptions, load } from '../load/load.ts';
import type { Plan } from '../load/plan.ts';
import { objectSchema } from '../validate/validator.ts';

/** What may override single variables: a value of the variable's type, or a text to coerce. */
export type Overrides<V> = { readonly [K in keyof V]?: V[K] | string };

/** Where settings are read from, with overrides that fit the variables. */
export interface SettingsOptions<V> extends Omit<LoadOptions, 'overrides'> {
  /** Values that win over every other source; texts are coerced like any other. */
  readonly overrides?: Overrides<V>;
}

/** Cached settings with the control of their cache. */
export interface GetSettings<T> {
  /**
   * Gives the settings, loaded on the first call.
   * @returns The same frozen object until `cacheClear()`.
   * @throws ConfigurationError with every problem at once; nothing is cached then.
   */
  (): T;
  /** Forgets the cached settings: the next call loads again. */
  cacheClear(): void;
}

/** A set of variables, ready to load: `V` are the variables, `T` the loaded settings. */
export interface SettingsDefinition<V, T extends V = V> {
  /** The TypeBox schema of all variables. */
  readonly schema: TObject;
  /** The schemas of the variables by name. */
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly getSettings: GetSettings<T>;
  /**
   * Loads anew, without the cache.
   * @throws ConfigurationError with every problem at once.
   */
  loadSettings(options?: SettingsOptions<V>): T;
  /** Says of each variable where its value comes from; wrong settings are explained too. */
  explainSettings(options?: SettingsOptions<V>): SettingsExplanation;
}

const plans = new WeakMap<object, Plan>();

/** The plan behind a definition. */
export function planOf(definition: object): Plan {
  const plan = plans.get(definition);
  if (plan === undefined) throw new TypeError('Expected what defineSettings() returned.');
  return plan;
}

/** Makes the functions that load a plan. */
export function createDefinition<V, T extends V>(plan: Plan): SettingsDefinition<V, T> {
  let cached: T | undefined;
  const cachedSettings = (): T => {
    cached ??= load(plan, {}) as T;
    return cached;
  };
  const getSettings: GetSettings<T> = Object.assign(cachedSettings, {
    cacheClear(): void {
      cached = undefined;
    },
  });
  const definition: SettingsDefinition<V, T> = {
    get schema() {
      return objectSchema(plan.properties) as TObject;
    },
    properties: plan.properties,
    getSettings,
    loadSettings: (options = {}) => load(plan, options as LoadOptions) as T,
    explainSettings: (options = {}) => explain(plan, options as LoadOptions),
  };
  plans.set(definition, plan);
  return Object.freeze(definition);
}
