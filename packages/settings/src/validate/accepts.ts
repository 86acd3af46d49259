import type { TSchema } from '@sinclair/typebox';
import { ANY_NAME, matches } from '../schema/kind.ts';
import { ANNOTATION } from '../schema/setting.ts';
import { formats } from './formats.ts';

// Keywords without an effect on validity.
const SILENT = new Set(['description', 'title', 'default', 'examples', 'type', ANNOTATION]);

type Check = (limit: never, value: never, schema: TSchema) => boolean;
const CHECKS: Readonly<Record<string, Check>> = {
  minimum: (limit: number, value: number) => value >= limit,
  maximum: (limit: number, value: number) => value <= limit,
  // Surrogate pairs count as one character: only a clear case is decided here.
  minLength: (limit: number, value: string) =>
    value.length >= limit && !/[\ud800-\udfff]/.test(value),
  maxLength: (limit: number, value: string) => value.length <= limit,
  format: (format: string, value: string) =>
    Object.hasOwn(formats, format) && formats[format]?.(value) === true,
  pattern: (pattern: string, value: string) => matches(pattern, value),
  minItems: (limit: number, value: readonly unknown[]) => value.length >= limit,
  maxItems: (limit: number, value: readonly unknown[]) => value.length <= limit,
  uniqueItems: (unique: boolean, value: readonly unknown[]) =>
    !unique || (value.every(isPrimitive) && new Set(value).size === value.length),
  items: (items: TSchema, value: readonly unknown[]) =>
    !Array.isArray(items) && value.every((item) => accepts(items, item)),
  const: (constant: unknown, value: unknown) => isPrimitive(constant) && constant === value,
  anyOf: (members: readonly TSchema[], value: unknown) =>
    members.some((member) => accepts(member, value)),
  enum: (values: readonly unknown[], value: unknown) =>
    isPrimitive(value) && values.includes(value),
  properties: (properties: Record<string, TSchema>, value: object) =>
    Object.entries(properties).every(([name, schema]) =>
      Object.hasOwn(value, name)
        ? accepts(schema, (value as Record<string, unknown>)[name])
        : schema['default'] === undefined,
    ),
  required: (names: readonly string[], value: object) =>
    names.every((name) => Object.hasOwn(value, name)),
  patternProperties: (patterns: Record<string, TSchema>, value: object) => {
    const [only, ...others] = Object.entries(patterns);
    if (only === undefined || others.length > 0 || only[0] !== ANY_NAME) return false;
    return Object.entries(value).every(
      ([name, item]) => matches(ANY_NAME, name) && accepts(only[1], item),
    );
  },
  additionalProperties: (allowed: unknown, value: object, schema: TSchema) =>
    allowed === false &&
    Object.keys(value).every((name) => Object.hasOwn(schema['properties'] ?? {}, name)),
};

/**
 * Whether a value is certainly valid. `false` also means "not sure": ajv then decides. Valid values
 * of common schemas thus need no ajv, which would triple the time of a cold start.
 */
export function accepts(schema: TSchema, value: unknown): boolean {
  if (!hasType(schema, value)) return false;
  for (const keyword of Object.keys(schema)) {
    if (SILENT.has(keyword)) continue;
    const check = Object.hasOwn(CHECKS, keyword) ? CHECKS[keyword] : undefined;
    if (check === undefined || !check(schema[keyword] as never, value as never, schema))
      return false;
  }
  return true;
}

function hasType(schema: TSchema, value: unknown): boolean {
  switch (schema['type']) {
    case 'string':
    case 'boolean':
      return typeof value === schema['type'];
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case undefined:
      return 'anyOf' in schema || 'const' in schema || 'enum' in schema;
    default:
      return false;
  }
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function';
}
