import type { TOptional, TSchema } from '@sinclair/typebox';

/** The TypeBox schema of one variable whose loaded value has type `T`. */
export interface Setting<T> extends TSchema {
  static: T;
}

/** How the string of a variable is read, beyond the types of JSON Schema. */
export type SettingKind =
  | 'boolean'
  | 'bytes'
  | 'duration'
  | 'enum'
  | 'integer'
  | 'json'
  | 'list'
  | 'number'
  | 'path'
  | 'port'
  | 'record'
  | 'secret'
  | 'set'
  | 'string'
  | 'url';

/** The annotation of this package in a schema, under the keyword `x-setting`. */
export interface SettingAnnotation {
  readonly kind: SettingKind;
  /** Heading under which documents list the variable. */
  readonly group?: string;
  /** Whether the value must never be shown. */
  readonly secret?: boolean;
  /** URL schemes without the colon, for kind `url`. */
  readonly schemes?: readonly string[];
  /** URL scheme of a value without one, for kind `url`. */
  readonly defaultScheme?: string;
  /** Other accepted spellings of an enum's values. */
  readonly spellings?: Readonly<Record<string, string>>;
  /** Values that are not accepted, with the value to suggest for each. */
  readonly nearMisses?: Readonly<Record<string, string>>;
}

/** The keyword that carries a `SettingAnnotation`. */
export const ANNOTATION = 'x-setting';

// The symbols of TypeBox. They are registered globally, so schemas made with them are TypeBox
// schemas, without the 75 ms that importing TypeBox costs at start-up.
export const TYPEBOX_KIND: symbol = Symbol.for('TypeBox.Kind');
export const TYPEBOX_OPTIONAL: symbol = Symbol.for('TypeBox.Optional');

/** Options of every builder. */
export interface SettingOptions<T> {
  /** One sentence for the reference documents. */
  readonly description?: string;
  /** The value when no source has one; without it, and unless `optional`, the variable is required. */
  readonly default?: T;
  /** How the variable may look in a `.env` file. */
  readonly example?: string;
  /** Heading under which documents list the variable. */
  readonly group?: string;
  /** Whether the value must never be shown in explanations, documents and errors. */
  readonly secret?: boolean;
}

/** @internal */
export function annotationOf(schema: TSchema): SettingAnnotation | undefined {
  return schema[ANNOTATION] as SettingAnnotation | undefined;
}

/** @internal */
export function isOptional(schema: TSchema): boolean {
  return (schema as unknown as Record<symbol, unknown>)[TYPEBOX_OPTIONAL] === 'Optional';
}

/**
 * Makes a variable optional: without a value and a default, its property is absent.
 * @param setting Any setting or TypeBox schema.
 * @returns A copy that may be absent, the same as TypeBox's `Type.Optional`.
 */
export function optional<S extends TSchema>(setting: S): TOptional<S> {
  return { ...setting, [TYPEBOX_OPTIONAL]: 'Optional' } as unknown as TOptional<S>;
}
