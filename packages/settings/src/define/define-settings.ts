import type { Secret } from '@map/redaction';
import type { Static, TObject, TProperties } from '@sinclair/typebox';
import type { Deprecation } from '../load/plan.ts';
import type { Settings, StockVariables } from '../stock/types.ts';
import { createDefinition, type SettingsDefinition } from './definition.ts';
import { type DefinitionSources, makePlan, type RawRules } from './make-plan.ts';

/** A type with everything in it read-only, as loaded settings are. */
export type DeepReadonly<T> = T extends Secret | string | number | boolean | null | undefined
  ? T
  : T extends ReadonlyArray<infer I>
    ? readonly DeepReadonly<I>[]
    : T extends ReadonlySet<infer I>
      ? ReadonlySet<DeepReadonly<I>>
      : T extends object
        ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
        : T;

/** The loaded values of TypeBox properties. */
export type Loaded<P extends TProperties> = DeepReadonly<Static<TObject<P>>>;

/** A user's variables and the stock ones; a variable of the same name replaces a stock one. */
export type WithStock<P extends TProperties, S> = Omit<S, keyof P> & Loaded<P>;

/** A condition over several variables. */
export interface SettingsRule<T> {
  /** The variables it is about; the first is named in the error. */
  readonly variables: readonly [keyof T & string, ...(keyof T & string)[]];
  /** Whether the condition holds. */
  readonly check: (settings: T) => boolean;
  /** A clause that follows the first variable's name: `must not be more than POOL_MAX`. */
  readonly message: string;
}

/** Rules and sources of a definition, beyond the schemas of its variables. */
export interface SettingsRules<T> extends DefinitionSources {
  /** The prefix of the application: unknown variables that start with it are reported. */
  readonly prefix?: string;
  /** Whether unknown variables are errors instead of warnings. */
  readonly strict?: boolean;
  /** Variables that an environment requires: `{ production: ['OPENAI_API_KEY'] }`. */
  readonly required?: Readonly<Record<string, readonly (keyof T & string)[]>>;
  /** Other names under which variables are found. */
  readonly aliases?: { readonly [K in keyof T]?: readonly string[] };
  /** Former names, with the variable to use instead; each use causes a warning. */
  readonly deprecated?: Readonly<
    Record<string, (keyof T & string) | (Deprecation & { readonly use?: keyof T & string })>
  >;
  /** Conditions over several variables. */
  readonly rules?: readonly SettingsRule<T>[];
}

/**
 * Defines the variables of an application, in addition to the stock ones; with `stock: false`,
 * without them.
 *
 * @param schema The variables: an object of settings and TypeBox schemas, or a `Type.Object`.
 * @param rules Rules over the variables, and where they are read from.
 * @returns The definition: `getSettings`, `loadSettings` and `explainSettings` of these variables.
 * @throws ConfigurationError `CONFIG_INVALID_3002` if a schema or a rule cannot be used.
 *
 * @example
 * ```ts
 * import { defineSettings, duration, secret, url } from '@map/settings';
 *
 * const { loadSettings } = defineSettings(
 *   {
 *     DATABASE_URL: url({ schemes: ['postgres'], default: 'postgres://localhost/app' }),
 *     SESSION_LIFETIME: duration({ default: 3_600_000 }),
 *     SESSION_KEY: secret({ default: '' }),
 *   },
 *   { required: { production: ['SESSION_KEY'] } },
 * );
 * loadSettings().SESSION_LIFETIME; // 3600000
 * ```
 */
export function defineSettings<P extends TProperties>(
  schema: P | TObject<P>,
  rules?: SettingsRules<WithStock<P, Settings>> & { readonly stock?: true },
): SettingsDefinition<WithStock<P, StockVariables>, WithStock<P, Settings>>;
export function defineSettings<P extends TProperties>(
  schema: P | TObject<P>,
  rules: SettingsRules<Loaded<P>> & { readonly stock: false },
): SettingsDefinition<Loaded<P>>;
export function defineSettings(
  schema: TProperties | TObject,
  rules: RawRules = {},
): SettingsDefinition<never> {
  return createDefinition(makePlan(schema, rules ?? {}));
}
