import { checkFlag, checkFunction, checkNames, optionError } from '@map/errors/kernel';
import { optionNames } from '@map/redaction/kernel';
import type { TObject, TSchema } from '@sinclair/typebox';
import { explain, type SettingsExplanation } from '../load/explain.ts';
import { type LoadOptions, load } from '../load/load.ts';
import type { Plan } from '../load/plan.ts';
import { objectSchema } from '../validate/validator.ts';
import { checkSources } from './check-sources.ts';

/** Overrides of single variables: values of their types, or strings to coerce. */
export type Overrides<V> = { readonly [K in keyof V]?: V[K] | string };

/** Where settings are read from, with overrides that fit the variables. */
export interface SettingsOptions<V> extends Omit<LoadOptions, 'overrides'> {
  /** Values that win over every other source; strings are coerced as from the environment. */
  readonly overrides?: Overrides<V>;
}

/** Cached settings with the control of their cache. */
export interface GetSettings<T> {
  /**
   * Returns the settings, loaded on the first call.
   * @returns The same frozen object until `cacheClear()`.
   * @throws ConfigurationError with all problems; nothing is cached then.
   */
  (): T;
  /** Clears the cache: the next call loads again. */
  cacheClear(): void;
}

/** A set of variables that can be loaded. `V` are the variables, `T` the loaded settings. */
export interface SettingsDefinition<V, T extends V = V> {
  /** The TypeBox schema of all variables. */
  readonly schema: TObject;
  /** The schemas of the variables by name. */
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly getSettings: GetSettings<T>;
  /**
   * Loads the settings without using the cache.
   * @throws ConfigurationError with all problems.
   */
  loadSettings(options?: SettingsOptions<V>): T;
  /** Explains where the value of each variable comes from; wrong values are explained too. */
  explainSettings(options?: SettingsOptions<V>): SettingsExplanation;
}

const LOAD_OPTIONS = optionNames<LoadOptions>({
  overrides: true,
  env: true,
  directory: true,
  envFiles: true,
  secretsDirectory: true,
  ignoreEmpty: true,
  strict: true,
  onWarning: true,
});

function loadOptions(of: string, options: object = {}): LoadOptions {
  checkNames(of, options ?? {}, LOAD_OPTIONS);
  checkSources(of, options ?? {});
  const { onWarning, strict }: LoadOptions = options ?? {};
  if (onWarning !== undefined) checkFunction('onWarning', onWarning, of);
  checkFlag('strict', strict, of);
  return options ?? {};
}

const plans = new WeakMap<object, Plan>();

/** The plan behind a definition. */
export function planOf(definition: object): Plan {
  const plan = plans.get(definition);
  if (plan === undefined) {
    throw optionError('definition', 'the result of defineSettings()', definition);
  }
  return plan;
}

/** Creates the definition of a plan. */
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
    loadSettings: (options) => load(plan, loadOptions('loadSettings()', options)) as T,
    explainSettings: (options) => explain(plan, loadOptions('explainSettings()', options)),
  };
  plans.set(definition, plan);
  return Object.freeze(definition);
}
