import { ConfigurationError, ErrorCode } from '@map/errors/core';
import { checkFlag, checkNames } from '@map/errors/kernel';
import { optionNames } from '@map/redaction/kernel';
import type { TObject, TProperties, TSchema } from '@sinclair/typebox';
import type { Deprecation, Plan, Rule } from '../load/plan.ts';
import { isSecretSetting } from '../schema/secret-setting.ts';
import { ANNOTATION, TYPEBOX_KIND } from '../schema/setting.ts';
import type { SourceOptions } from '../sources/sources.ts';
import {
  stockAliases,
  stockComplete,
  stockDerive,
  stockForeign,
  stockRules,
} from '../stock/derive.ts';
import { stockProperties } from '../stock/properties.ts';
import { Validator } from '../validate/validator.ts';
import { checkSources } from './check-sources.ts';

/** Where the variables of a definition are read from; options of a single load win. */
export type DefinitionSources = Pick<
  SourceOptions,
  'directory' | 'envFiles' | 'ignoreEmpty' | 'secretsDirectory'
>;

/** The rules of a definition, independent of the types of its variables. */
export interface RawRules extends DefinitionSources {
  readonly stock?: boolean;
  readonly prefix?: string;
  readonly strict?: boolean;
  readonly required?: Readonly<Record<string, readonly string[]>>;
  readonly aliases?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly deprecated?: Readonly<Record<string, string | Deprecation>>;
  readonly rules?: readonly Rule[];
}

const RULES = optionNames<RawRules>({
  stock: true,
  prefix: true,
  strict: true,
  required: true,
  aliases: true,
  deprecated: true,
  rules: true,
  directory: true,
  envFiles: true,
  ignoreEmpty: true,
  secretsDirectory: true,
});

/**
 * Checks a definition and prepares it for loading.
 * @throws ConfigurationError if a schema or a rule cannot be used.
 */
export function makePlan(schema: TProperties | TObject, rules: RawRules): Plan {
  if (!isObject(schema)) throw unusable('the schema is not an object of variables');
  checkNames('defineSettings()', rules, RULES);
  checkSources('defineSettings()', rules);
  for (const name of ['stock', 'strict'] as const) {
    checkFlag(name, rules[name], 'defineSettings()');
  }
  const own = isObjectSchema(schema) ? schema.properties : schema;
  for (const [name, property] of Object.entries(own)) checkProperty(name, property);
  const withStock = rules.stock !== false;
  const properties: Record<string, TSchema> = { ...(withStock ? stockProperties : {}), ...own };
  const isStock = (name: string): boolean =>
    properties[name] === stockProperties[name as keyof typeof stockProperties];
  const deprecated = Object.fromEntries(
    Object.entries(rules.deprecated ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? { use: value } : value,
    ]),
  );
  // Without a prototype: a variable may be called toString.
  const aliases: Record<string, readonly string[]> = Object.create(null);
  for (const source of [withStock ? stockAliases : {}, rules.aliases ?? {}]) {
    for (const [name, others] of Object.entries(source)) {
      aliases[name] = [...(aliases[name] ?? []), ...(others ?? [])];
    }
  }
  const ownRules = rules.rules ?? [];
  const mentioned = [
    ...Object.keys(rules.aliases ?? {}),
    ...Object.values(deprecated).flatMap(({ use }) => use ?? []),
    ...Object.values(rules.required ?? {}).flat(),
    ...ownRules.flatMap(({ variables }) => variables),
  ];
  for (const name of mentioned) {
    // Derived settings may appear in a rule.
    if (Object.hasOwn(properties, name) || (withStock && name === 'ENABLED_MODELS_SET')) continue;
    throw unusable(`a rule names ${name}, which is not a variable`);
  }
  const { ENVIRONMENT } = properties;
  if (ENVIRONMENT !== undefined) checkEnvironments(Object.keys(rules.required ?? {}), ENVIRONMENT);
  return {
    properties,
    validator: new Validator(properties),
    secrets: new Set(
      Object.keys(properties).filter((name) => isSecretSetting(properties[name] as TSchema)),
    ),
    known: Object.keys(properties),
    names: namesOf(properties, aliases, deprecated),
    aliases,
    deprecated,
    required: rules.required ?? {},
    rules: [
      ...(withStock ? stockRules.filter(({ variables }) => variables.every(isStock)) : []),
      ...ownRules,
    ],
    prefix: rules.prefix,
    strict: rules.strict ?? false,
    sources: sourcesOf(rules),
    usesNodeEnv: withStock && isStock('ENVIRONMENT'),
    foreign: withStock && isStock('DEBUG') ? stockForeign : {},
    complete: withStock && isStock('LLM_PROVIDERS_CONFIG') ? stockComplete : undefined,
    derive: withStock ? stockDerive : () => ({}),
  };
}

/** Checks the environments that `required` names, if `ENVIRONMENT` is one of several strings. */
function checkEnvironments(names: readonly string[], { anyOf }: TSchema): void {
  if (!Array.isArray(anyOf)) return;
  const values = anyOf.map((each: { readonly const?: unknown }) => each.const);
  const wrong = names.find((name) => !values.includes(name));
  if (wrong === undefined) return;
  const one = `\`required\` names the environment ${JSON.stringify(wrong)}`;
  throw unusable(`${one}, which is not one of ${values.join(', ')}`);
}

function sourcesOf({
  directory,
  envFiles,
  ignoreEmpty,
  secretsDirectory,
}: RawRules): SourceOptions {
  return {
    ...(directory === undefined ? {} : { directory }),
    ...(envFiles === undefined ? {} : { envFiles }),
    ...(ignoreEmpty === undefined ? {} : { ignoreEmpty }),
    ...(secretsDirectory === undefined ? {} : { secretsDirectory }),
  };
}

function namesOf(
  properties: Readonly<Record<string, TSchema>>,
  aliases: Readonly<Record<string, readonly string[]>>,
  deprecated: Readonly<Record<string, Deprecation>>,
): Record<string, readonly string[]> {
  const names: Record<string, readonly string[]> = Object.create(null);
  const owners = new Map<string, string>();
  for (const name of Object.keys(properties)) {
    const former = Object.keys(deprecated).filter((old) => deprecated[old]?.use === name);
    names[name] = [name, ...(aliases[name] ?? []), ...former];
    for (const other of names[name]) {
      const owner = owners.get(other);
      if (owner !== undefined) throw unusable(`${other} would set both ${owner} and ${name}`);
      owners.set(other, name);
    }
  }
  return names;
}

function isObjectSchema(schema: TProperties | TObject): schema is TObject {
  return (schema as unknown as Record<symbol, unknown>)[TYPEBOX_KIND] === 'Object';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const NAMED = ['properties', 'patternProperties'];
const DATA = ['default', 'examples', 'const', 'enum', ANNOTATION];

/** Whether a secret is in a place where loading does not look for schemas. */
function hidesSecret(
  name: string,
  schema: object,
  reached = true,
  around: readonly object[] = [],
): boolean {
  if (around.includes(schema)) throw unusable(`the schema of ${name} contains itself`);
  const within = [...around, schema];
  if (!reached && isSecretSetting(schema as TSchema)) return true;
  return Object.entries(schema).some(([keyword, inner]: [string, unknown]) => {
    if (!isObject(inner) || DATA.includes(keyword)) return false;
    const direct = ['items', 'additionalProperties'].includes(keyword) && !Array.isArray(inner);
    const several = NAMED.includes(keyword) || Array.isArray(inner);
    const schemas = several ? Object.values(inner) : [inner];
    const open = reached && (direct || NAMED.includes(keyword));
    return schemas.some((one) => isObject(one) && hidesSecret(name, one, open, within));
  });
}

const TRANSFORM = Symbol.for('TypeBox.Transform');

function checkProperty(name: string, schema: TSchema): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || ['__proto__', 'toJSON'].includes(name)) {
    throw unusable(`${JSON.stringify(name)} cannot be the name of a variable`);
  }
  if (!isObject(schema)) throw unusable(`${name} is neither a setting nor a TypeBox schema`);
  if (TRANSFORM in schema) {
    throw unusable(`${name} is a Type.Transform, which is never run: use a setting such as json()`);
  }
  if (hidesSecret(name, schema)) {
    throw unusable(`${name} has a secret in a union or a tuple, where it would not be masked`);
  }
  if ('allOf' in schema) {
    throw unusable(`${name} is a Type.Intersect, which loses its value: use Type.Composite`);
  }
}

function unusable(reason: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `These settings cannot be defined: ${reason}.`,
  });
}
