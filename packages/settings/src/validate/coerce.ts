import { isSecret } from '@map/redaction';
import type { TSchema } from '@sinclair/typebox';
import { isBlankText } from '../problems/source.ts';
import { ANY_NAME, entrySchema, enumValues, kindOf } from '../schema/kind.ts';
import { annotationOf, isOptional } from '../schema/setting.ts';
import { define } from '../values/freeze.ts';
import { accepts } from './accepts.ts';
import {
  type Coerced,
  parseJson,
  toBoolean,
  toBytes,
  toEnum,
  toInteger,
  toMilliseconds,
  toNumber,
  toPath,
  toPort,
  toUrl,
} from './coerce-text.ts';

/** A value that cannot be converted to the type of its schema. */
export interface Mismatch {
  /** Names and indexes inside the variable; empty for the variable itself. */
  readonly path: readonly string[];
  readonly schema: TSchema;
  readonly value: unknown;
  readonly expected: string;
  readonly hint?: string;
}

/**
 * Converts a string, or the strings inside a structure, to the plain data that a schema describes.
 * Any other value is left for the validator.
 */
export function coerce(
  schema: TSchema,
  value: unknown,
  mismatches: Mismatch[],
  path: readonly string[] = [],
): unknown {
  if (typeof value === 'string') {
    const coerced = fromText(schema, value);
    if (!coerced.ok) {
      const { expected, hint } = coerced;
      mismatches.push({ path, schema, value, expected, ...(hint === undefined ? {} : { hint }) });
      return undefined;
    }
    return fromValue(schema, coerced.value, mismatches, path);
  }
  return isSecret(value) ? value.reveal() : fromValue(schema, value, mismatches, path);
}

/**
 * Whether an empty string, or one of blanks, means that a value is not set: it is optional or has a
 * default, and its schema does not allow that string.
 */
export function isBlank(schema: TSchema, value: unknown): boolean {
  if (typeof value !== 'string' || !isBlankText(value)) return false;
  if (!isOptional(schema) && schema['default'] === undefined) return false;
  const coerced = fromText(schema, value);
  return !coerced.ok || !accepts(schema, coerced.value);
}

/** Maximum depth of a structure. */
export const MAX_DEPTH = 64;

function fromValue(
  schema: TSchema,
  value: unknown,
  mismatches: Mismatch[],
  path: readonly string[],
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const expected = path.length > 0 ? undefined : boundProblem(value, []);
  if (expected === undefined) return inside(schema, value, mismatches, path);
  mismatches.push({ path, schema, value, expected });
  return undefined;
}

/** Maximum number of values in a structure: one that repeats an object is copied as a tree. */
export const MAX_VALUES = 1_000_000;

/** What a structure without end, or one that is too deep or too large, should be instead. */
function boundProblem(
  value: unknown,
  around: object[],
  visited = { values: 0 },
): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (around.includes(value)) return 'a structure that does not contain itself';
  if (around.length === MAX_DEPTH) return `a structure of at most ${MAX_DEPTH} levels`;
  around.push(value);
  for (const item of value instanceof Set ? value : Object.values(value)) {
    visited.values++;
    if (visited.values > MAX_VALUES) return `a structure of at most ${MAX_VALUES} values`;
    const problem = boundProblem(item, around, visited);
    if (problem !== undefined) return problem;
  }
  around.pop();
  return undefined;
}

function inside(
  schema: TSchema,
  value: object,
  mismatches: Mismatch[],
  path: readonly string[],
): unknown {
  if (Array.isArray(value) || value instanceof Set) {
    const items = schema['items'] as TSchema | undefined;
    const list = [...value];
    if (items === undefined || Array.isArray(items)) return list;
    return list.map((item, i) => coerce(items, item, mismatches, [...path, String(i)]));
  }
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const entry = entrySchema(schema, name);
    if (item === undefined || (entry !== undefined && isBlank(entry, item))) continue;
    if (entry === undefined && Object.hasOwn(schema['patternProperties'] ?? {}, ANY_NAME)) {
      // The dot of the pattern does not match line breaks, so nothing would validate the entry.
      mismatches.push({ path, schema, value, expected: 'names without line breaks' });
      continue;
    }
    const to = entry === undefined ? item : coerce(entry, item, mismatches, [...path, name]);
    if (to !== undefined) define(copy, name, to);
  }
  return copy;
}

/** Converts a string by the kind of its schema; the content of lists and objects stays strings. */
export function fromText(schema: TSchema, text: string): Coerced {
  switch (kindOf(schema)) {
    case 'boolean':
      return toBoolean(text);
    case 'integer':
      return toInteger(text);
    case 'port':
      return toPort(text);
    case 'number':
      return toNumber(text);
    case 'duration':
      return toMilliseconds(text);
    case 'bytes':
      return toBytes(text);
    case 'url':
      return toUrl(text, annotationOf(schema) ?? {});
    case 'path':
      return toPath(text);
    case 'enum':
      return toEnum(text, enumValues(schema) ?? [], annotationOf(schema)?.spellings);
    case 'list':
    case 'set':
      return inJson(schema, toList(text));
    case 'record':
      return inJson(schema, hasObjects(schema) ? parseJson(text, 'a JSON object') : toRecord(text));
    case 'json':
    case 'object':
      return inJson(schema, parseJson(text, 'valid JSON'));
    case 'union':
      return toUnion(schema, text);
    case 'string':
    case 'secret':
    case 'any':
      return { ok: true, value: text };
  }
}

/** Parsed JSON, in which a duration has a unit like everywhere else: 60 may stand for seconds. */
function inJson(schema: TSchema, read: Coerced): Coerced {
  return read.ok ? { ok: true, value: withoutBareDurations(schema, read.value) } : read;
}

/** Turns the numbers in the places of durations into strings, which are then refused without a unit. */
function withoutBareDurations(schema: TSchema | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  if (typeof value === 'number') return kindOf(schema) === 'duration' ? String(value) : value;
  if (Array.isArray(value)) {
    const items = schema['items'] as TSchema | undefined;
    const isList = items !== undefined && !Array.isArray(items);
    return isList ? value.map((item) => withoutBareDurations(items, item)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    define(copy, name, withoutBareDurations(entrySchema(schema, name), item));
  }
  return copy;
}

function toList(text: string): Coerced {
  if (text.trimStart().startsWith('[')) return parseJson(text, 'a JSON array or a comma list');
  const items = text.split(',').map((item) => item.trim());
  return { ok: true, value: items.filter((item) => item !== '') };
}

/** Whether a record's values are structures, which no pair can write. */
function hasObjects(schema: TSchema): boolean {
  return entrySchema(schema, 'any')?.['type'] === 'object';
}

function toRecord(text: string): Coerced {
  if (text.trimStart().startsWith('{')) return parseJson(text, 'a JSON object or name=value pairs');
  const entries: Record<string, string> = {};
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 0 || name === '') {
      return {
        ok: false,
        expected: 'a JSON object or name=value pairs',
        hint: 'write a=1,b=2',
      };
    }
    define(entries, name, pair.slice(at + 1).trim());
  }
  return { ok: true, value: entries };
}

/** Converts by the first member that accepts the string; plain string members come last. */
function toUnion(schema: TSchema, text: string): Coerced {
  const members = schema['anyOf'] as TSchema[];
  const isText = (member: TSchema): boolean => kindOf(member) === 'string';
  for (const member of [...members.filter((m) => !isText(m)), ...members.filter(isText)]) {
    const coerced = fromText(member, text);
    if (coerced.ok) return coerced;
  }
  return { ok: false, expected: 'one of the allowed forms' };
}
