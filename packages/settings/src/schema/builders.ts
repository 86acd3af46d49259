import { ConfigurationError, ErrorCode } from '@map/errors/core';
import { checkFlag, checkNames, checkString, optionError } from '@map/errors/kernel';
import { Secret } from '@map/redaction';
import { isArray, optionNames } from '@map/redaction/kernel';
import type { TSchema } from '@sinclair/typebox';
import { ANY_NAME } from './kind.ts';
import {
  ANNOTATION,
  type Setting,
  type SettingAnnotation,
  type SettingKind,
  type SettingOptions,
  TYPEBOX_KIND,
} from './setting.ts';

const COMMON = {
  description: true,
  default: true,
  example: true,
  group: true,
  secret: true,
} as const satisfies Record<keyof SettingOptions<unknown>, true>;

const BOUNDS = optionNames<NumberOptions>({ ...COMMON, minimum: true, maximum: true });
const PLAIN = optionNames<SettingOptions<unknown>>(COMMON);
const ITEMS = { ...COMMON, minItems: true, maxItems: true } as const;

/** The names of the options of each kind of setting. */
const NAMES: Readonly<Record<SettingKind, ReadonlySet<string>>> = {
  boolean: PLAIN,
  bytes: BOUNDS,
  duration: BOUNDS,
  enum: optionNames<EnumOptions<string>>({ ...COMMON, spellings: true, nearMisses: true }),
  integer: BOUNDS,
  json: PLAIN,
  list: optionNames<ListOptions<unknown>>({ ...ITEMS, uniqueItems: true }),
  number: BOUNDS,
  path: PLAIN,
  port: BOUNDS,
  record: PLAIN,
  secret: optionNames<SecretOptions & SettingOptions<string>>({
    ...COMMON,
    minLength: true,
    pattern: true,
  }),
  set: optionNames<SetOptions<unknown>>(ITEMS),
  string: optionNames<TextOptions>({ ...COMMON, minLength: true, maxLength: true, pattern: true }),
  url: optionNames<UrlOptions>({ ...COMMON, schemes: true, defaultScheme: true }),
};

type Extra = Partial<Omit<SettingAnnotation, 'kind' | 'group' | 'secret'>>;

function build<T>(
  typeboxKind: string,
  kind: SettingKind,
  options: SettingOptions<T>,
  keywords: Record<string, unknown>,
  extra: Extra = {},
): Setting<T> {
  const of = `a setting of kind ${kind}`;
  checkNames(of, options ?? {}, NAMES[kind]);
  const { description, default: value, example, group, secret } = options ?? {};
  checkFlag('secret', secret, of);
  checkKeywords(of, keywords);
  const annotation: SettingAnnotation = {
    kind,
    ...(group === undefined ? {} : { group }),
    ...(secret === true ? { secret } : {}),
    ...extra,
  };
  const schema: Record<PropertyKey, unknown> = { [TYPEBOX_KIND]: typeboxKind, ...keywords };
  if (description !== undefined) schema['description'] = description;
  if (value !== undefined) schema['default'] = value instanceof Secret ? value.reveal() : value;
  if (example !== undefined) schema['examples'] = [example];
  schema[ANNOTATION] = annotation;
  return schema as unknown as Setting<T>;
}

/** Checks the options that become keywords of the schema: a validator would compare the text "5", too. */
function checkKeywords(of: string, keywords: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(keywords)) {
    if (name === 'uniqueItems') checkFlag(name, value, of);
    if (name === 'pattern') checkString(name, value, of);
    if (/^m(?:in|ax)/.test(name) && !Number.isFinite(value)) {
      throw optionError(name, 'a number', value, { of });
    }
  }
}

function limits(options: object, ...names: string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const value = (options as Record<string, unknown> | null)?.[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Limits on the length of a string, in characters, and on its form. */
export interface TextOptions extends SettingOptions<string> {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression the whole value must match somewhere. */
  readonly pattern?: string;
}

/** Bounds of a number, both included. */
export interface NumberOptions extends SettingOptions<number> {
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * A string, used unchanged.
 * @example `NAME: string({ minLength: 1, default: 'shop' })`
 */
export function string(options: TextOptions = {}): Setting<string> {
  const keywords = limits(options, 'minLength', 'maxLength', 'pattern');
  return build('String', 'string', options, { type: 'string', ...keywords });
}

/** A whole number that a double holds exactly: `12`, `+5`, `1_000`. */
export function integer(options: NumberOptions = {}): Setting<number> {
  const keywords = limits(options, 'minimum', 'maximum');
  return build('Integer', 'integer', options, { type: 'integer', ...keywords });
}

/** A finite number: `0.5`, `1e-3`. */
export function number(options: NumberOptions = {}): Setting<number> {
  const keywords = limits(options, 'minimum', 'maximum');
  return build('Number', 'number', options, { type: 'number', ...keywords });
}

/** A switch: `1`, `t`, `y`, `on`, `yes`, `true` or `0`, `f`, `n`, `no`, `off`, `false` in any case. */
export function boolean(options: SettingOptions<boolean> = {}): Setting<boolean> {
  return build('Boolean', 'boolean', options, { type: 'boolean' });
}

/** A time span with its unit, `250ms`, `30s`, `1m30s`, `2h`, `1d`; loads as milliseconds. */
export function duration(options: NumberOptions = {}): Setting<number> {
  const keywords = limits({ minimum: 0, ...options }, 'minimum', 'maximum');
  return build('Number', 'duration', options, { type: 'number', ...keywords });
}

/** A size, `512`, `64kB`, `10MB`, `1GiB` (kB is 1000 bytes, KiB is 1024); loads as bytes. */
export function byteSize(options: NumberOptions = {}): Setting<number> {
  const keywords = limits({ minimum: 0, ...options }, 'minimum', 'maximum');
  return build('Integer', 'bytes', options, { type: 'integer', ...keywords });
}

/** A TCP port, 0 (any free port) to 65535. */
export function port(options: NumberOptions = {}): Setting<number> {
  const keywords = limits({ minimum: 0, maximum: 65535, ...options }, 'minimum', 'maximum');
  return build('Integer', 'port', options, { type: 'integer', ...keywords });
}

/** Options of `url`. */
export interface UrlOptions extends SettingOptions<string> {
  /** Allowed schemes without the colon; `http` and `https` unless given. */
  readonly schemes?: readonly string[];
  /** Scheme of a value that names only a host and a port; without it such a value is an error. */
  readonly defaultScheme?: string;
}

/** An absolute URL with an allowed scheme. Loads as a string; its credentials are never shown. */
export function url(options: UrlOptions = {}): Setting<string> {
  const { schemes = ['http', 'https'], defaultScheme } = options ?? {};
  if (!isArray(schemes) || !schemes.every((scheme) => typeof scheme === 'string')) {
    throw optionError('schemes', 'an array of strings', schemes, { of: 'a setting of kind url' });
  }
  const extra = { schemes, ...(defaultScheme === undefined ? {} : { defaultScheme }) };
  return build('String', 'url', options, { type: 'string' }, extra);
}

/** Options of `path`. */
export type PathOptions = SettingOptions<string>;

/** A file path: not empty, without NUL. */
export function path(options: PathOptions = {}): Setting<string> {
  return build('String', 'path', options, { type: 'string', minLength: 1 });
}

/** Options of `secret`. */
export interface SecretOptions extends Omit<SettingOptions<string>, 'secret'> {
  readonly minLength?: number;
  readonly pattern?: string;
}

/** A string that loads as a `Secret`. */
export function secret(options: SecretOptions = {}): Setting<Secret> {
  const keywords = limits(options, 'minLength', 'pattern');
  const own = { ...options, secret: true } as SettingOptions<string>;
  return build('String', 'secret', own, {
    type: 'string',
    ...keywords,
  }) as unknown as Setting<Secret>;
}

/** Options of `oneOf`. */
export interface EnumOptions<T extends string> extends SettingOptions<T> {
  /** Other accepted spellings: `{ WARN: 'WARNING' }`. */
  readonly spellings?: Readonly<Record<string, T>>;
  /** Values that stay errors, with the value to suggest for each: `{ prod: 'production' }`. */
  readonly nearMisses?: Readonly<Record<string, T>>;
}

/** One of several strings, in any letter case. */
export function oneOf<const T extends string>(
  values: readonly T[],
  options: EnumOptions<NoInfer<T>> = {},
): Setting<T> {
  if (!Array.isArray(values)) {
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message: '`values` of oneOf() must be an array of strings.',
    });
  }
  const anyOf = values.map((value) => ({
    [TYPEBOX_KIND]: 'Literal',
    const: value,
    type: 'string',
  }));
  const { spellings, nearMisses } = options ?? {};
  const extra = {
    ...(spellings === undefined ? {} : { spellings }),
    ...(nearMisses === undefined ? {} : { nearMisses }),
  };
  return build('Union', 'enum', options, { anyOf }, extra);
}

/** Options of `list`. */
export interface ListOptions<T> extends SettingOptions<readonly T[]> {
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** A comma-separated list, or a JSON array, of items; each item loads by the given setting. */
export function list<T = string>(
  items: Setting<T> = string() as unknown as Setting<T>,
  options: ListOptions<T> = {},
): Setting<readonly T[]> {
  const keywords = limits(options, 'minItems', 'maxItems', 'uniqueItems');
  return build('Array', 'list', options, { type: 'array', items, ...keywords });
}

/** Options of `set`. */
export interface SetOptions<T> extends SettingOptions<readonly T[]> {
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** A list that loads as a set, which throws on mutation. */
export function set<T extends string | number | boolean = string>(
  items: Setting<T> = string() as unknown as Setting<T>,
  options: SetOptions<T> = {},
): Setting<ReadonlySet<T>> {
  const keywords = limits(options, 'minItems', 'maxItems');
  const setting = build('Array', 'set', options, { type: 'array', items, ...keywords });
  return setting as unknown as Setting<ReadonlySet<T>>;
}

/** Names with values, `a=1,b=2` or a JSON object; each value loads by the given setting. */
export function record<T = string>(
  values: Setting<T> = string() as unknown as Setting<T>,
  options: SettingOptions<Readonly<Record<string, T>>> = {},
): Setting<Readonly<Record<string, T>>> {
  return build('Record', 'record', options, {
    type: 'object',
    patternProperties: { [ANY_NAME]: values },
  });
}

/** JSON that matches a TypeBox schema. */
export function json<S extends TSchema>(
  schema: S,
  options: SettingOptions<S['static']> = {},
): Setting<S['static']> {
  const { description: _, default: __, examples: ___, ...keywords } = schema ?? {};
  const typeboxKind =
    (schema as unknown as Record<symbol, string> | undefined)?.[TYPEBOX_KIND] ?? 'Unsafe';
  return build(typeboxKind, 'json', options, keywords);
}
