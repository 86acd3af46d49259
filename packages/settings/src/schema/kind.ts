import type { TSchema } from '@sinclair/typebox';
import { annotationOf, type SettingKind } from './setting.ts';

/** The pattern of a TypeBox record with arbitrary names. */
export const ANY_NAME = '^(.*)$';

/** How the string of a variable is read; `any` if only validation can decide. */
export function kindOf(schema: TSchema): SettingKind | 'object' | 'union' | 'any' {
  const kind = annotationOf(schema)?.kind;
  if (kind !== undefined) return kind;
  if (enumValues(schema) !== undefined) return 'enum';
  switch (schema['type']) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return schema['type'];
    case 'array':
      return 'list';
    case 'object':
      return schema['patternProperties'] === undefined ? 'object' : 'record';
    default:
      return Array.isArray(schema['anyOf']) ? 'union' : 'any';
  }
}

/** Whether a string of this schema is read as a structure with names. */
export function isStructure(schema: TSchema): boolean {
  return ['record', 'json', 'object'].includes(kindOf(schema));
}

/** The values of an enumeration: TypeBox's unions of literals, single literals, `enum` lists. */
export function enumValues(schema: TSchema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']];
  if (Array.isArray(schema['enum'])) return schema['enum'] as unknown[];
  const members = schema['anyOf'] as TSchema[] | undefined;
  if (!Array.isArray(members) || !members.every((member) => 'const' in member)) return undefined;
  return members.map((member) => member['const'] as unknown);
}

/** The schema of one entry of an object or a record, if it may have that name. */
export function entrySchema(schema: TSchema, name: string): TSchema | undefined {
  const properties = schema['properties'] as Record<string, TSchema> | undefined;
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  const patterns = schema['patternProperties'] as Record<string, TSchema> | undefined;
  for (const [pattern, entry] of Object.entries(patterns ?? {})) {
    if (matches(pattern, name)) return entry;
  }
  const rest = schema['additionalProperties'] as TSchema | boolean | undefined;
  return typeof rest === 'object' ? rest : undefined;
}

const compiled = new Map<string, RegExp | undefined>();

/** Whether a string matches a schema's pattern; an invalid pattern matches nothing. */
export function matches(pattern: string, text: string): boolean {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern)?.test(text) === true;
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}
