import type { TSchema } from '@sinclair/typebox';
import { planOf } from '../define/definition.ts';
import { stockSettings } from '../define/get-settings.ts';
import { enumValues, kindOf } from '../schema/kind.ts';
import { isSecretSetting } from '../schema/secret-setting.ts';
import { annotationOf, isOptional } from '../schema/setting.ts';
import { publicDefault } from '../values/display.ts';

type Json = Record<string, unknown>;

const TEXT_FORMS: Readonly<Record<string, string>> = {
  boolean: `^(?:${['true', 'false', 'yes', 'no', 'on', 'off', 't', 'f', 'y', 'n', '1', '0'].map(anyCase).join('|')})$`,
  integer: '^\\s*[+-]?\\d+(?:_\\d+)*(?:\\.0+)?\\s*$',
  port: '^\\s*[+-]?\\d+(?:_\\d+)*(?:\\.0+)?\\s*$',
  number: '^\\s*[+-]?(?:\\d+(?:_\\d+)*(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?\\s*$',
  duration: '^\\s*(?:[+-]?0+|(?:\\d+(?:\\.\\d+)?\\s*(?:ms|s|m|h|d)\\s*)+)\\s*$',
  bytes: `^\\s*\\+?\\d+(?:_\\d+)*(?:\\.\\d+)?\\s*(?:${['b', 'kb', 'mb', 'gb', 'tb', 'kib', 'mib', 'gib', 'tib'].map(anyCase).join('|')})?\\s*$`,
};

function anyCase(word: string): string {
  return [...word].map((c) => (/[a-z]/.test(c) ? `[${c.toUpperCase()}${c}]` : c)).join('');
}

/**
 * Creates a JSON Schema (draft 07) for files with the variables: each has its JSON type, or is a
 * string as in the environment. Editors complete and validate JSON and YAML files with it.
 *
 * @param definition The result of `defineSettings`. Default: the stock settings.
 * @returns The schema as a plain object.
 * @throws TypeError if `definition` is not the result of `defineSettings`.
 *
 * @example
 * ```ts
 * import { generateJsonSchema } from '@map/settings/generate';
 *
 * JSON.stringify(generateJsonSchema(), null, 2);
 * ```
 */
export function generateJsonSchema(definition: object = stockSettings): Record<string, unknown> {
  const { properties } = planOf(definition);
  const entries = Object.entries(properties);
  const required = entries
    .filter(([, schema]) => schema['default'] === undefined && !isOptional(schema))
    .map(([name]) => name);
  const structures = entries.filter(([, schema]) => schema['type'] === 'object');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, schema]) => [name, variable(name, schema)])),
    patternProperties: {
      [`^(?:${entries.map(([name]) => name).join('|')})_FILE$`]: { type: 'string', minLength: 1 },
      ...Object.fromEntries(structures.map(([name]) => [`^${name}__`, {}])),
    },
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  };
}

function variable(name: string, schema: TSchema): Json {
  const value = publicDefault(name, schema);
  return {
    ...pick(schema, 'description', 'examples'),
    ...(value === undefined ? {} : { default: value }),
    ...(isSecretSetting(schema) ? { writeOnly: true } : {}),
    ...written(schema),
  };
}

/** The forms in which a value may be written. */
function written(schema: TSchema): Json {
  const kind = kindOf(schema);
  const values = enumValues(schema);
  if (values !== undefined) {
    return { enum: [...values, ...Object.keys(annotationOf(schema)?.spellings ?? {})] };
  }
  if (kind === 'url') {
    const schemes = annotationOf(schema)?.schemes ?? ['http', 'https'];
    return { type: 'string', pattern: `^\\s*(?:${schemes.map(anyCase).join('|')})://` };
  }
  if (kind === 'union') {
    return { anyOf: (schema['anyOf'] as TSchema[]).map(written) };
  }
  const text = TEXT_FORMS[kind];
  if (text !== undefined) {
    return { anyOf: [plain(schema), { type: 'string', pattern: text }] };
  }
  return schema['type'] === 'array' || schema['type'] === 'object'
    ? { anyOf: [container(schema), { type: 'string' }] }
    : plain(schema);
}

function container(schema: TSchema): Json {
  const items = schema['items'] as TSchema | undefined;
  const rest = schema['additionalProperties'] as TSchema | boolean | undefined;
  const each = (name: string): Json => {
    const entries = Object.entries((schema[name] ?? {}) as Record<string, TSchema>);
    return entries.length === 0
      ? {}
      : { [name]: Object.fromEntries(entries.map(([key, entry]) => [key, written(entry)])) };
  };
  return {
    ...plain(schema),
    ...each('properties'),
    ...each('patternProperties'),
    ...(items === undefined || Array.isArray(items) ? {} : { items: written(items) }),
    ...(typeof rest === 'object' ? { additionalProperties: written(rest) } : {}),
  };
}

const OWN = ['description', 'examples', 'default', 'x-setting'];

/** A schema without its annotations. */
function plain(schema: TSchema): Json {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !OWN.includes(keyword)));
}

function pick(schema: TSchema, ...names: string[]): Json {
  return Object.fromEntries(
    names.filter((name) => name in schema).map((name) => [name, schema[name]]),
  );
}
