// Values as people may see them: in explanations, error messages, documents and printed settings.
//
// Four things hide a value, the first two by the schema and the last two by the redaction that all
// of MAP shares:
// - The schema marks it as a secret: its value is hidden whatever type it has, since a secret in the
//   wrong form (`"api_key": ["sk-1"]`) is one as well.
// - It stands under an undeclared name in a structure with secrets: `"apiKey"` instead of `"api_key"`.
// - Its name promises a secret: `password` inside JSON, or a variable called `DB_PASSWORD`.
// - It is, or contains, something recognisable: credentials in a URL, a provider's key, a token.

import { isSecret, isSecretKey, MASK, redactText } from '@map/redaction';
import type { TSchema } from '@sinclair/typebox';
import { entrySchema } from '../schema/kind.ts';
import { hasSecret, isSecretSetting } from '../schema/secret-setting.ts';
import { define } from './freeze.ts';

/** Masks the secrets in a string of any length. */
export function displayText(text: string): string {
  return redactText(text, { limit: Number.POSITIVE_INFINITY });
}

/** Hides a value; an empty one remains visible. */
export function mask(value: unknown): unknown {
  return value === '' || value === null || value === undefined ? value : MASK;
}

/**
 * A value as it may be shown, by its schema.
 * @param name The name of the variable or of the entry.
 * @param value Plain data, valid or not.
 */
export function display(name: string, schema: TSchema, value: unknown): unknown {
  return bySchema(name, schema, value, hasSecret(schema));
}

function bySchema(name: string, schema: TSchema, value: unknown, guarded: boolean): unknown {
  if (isSecretSetting(schema)) return mask(isSecret(value) ? value.toString() : value);
  const items = schema['items'] as TSchema | undefined;
  const isList = Array.isArray(value) || value instanceof Set;
  if (isList && items !== undefined && !Array.isArray(items)) {
    return Array.from(value, (item) => bySchema(name, items, item, guarded));
  }
  // A list in the place of a structure with secrets, such as `{"openai":["sk-1"]}`.
  if (isList && guarded) return mask(value);
  // A string in its place, such as `{"openai":"sk-1"}`.
  if (!isObject(value) && hasSecret(schema)) return mask(value);
  if (isList || !isObject(value)) return displayUnknown(name, value);
  return entriesOf(value, (key, item) => {
    const entry = entrySchema(schema, key);
    if (entry !== undefined) return bySchema(key, entry, item, guarded);
    return guarded ? mask(item) : displayUnknown(key, item);
  });
}

/** A value as it may be shown, without a schema: by its names and its content. */
export function displayUnknown(name: string, value: unknown): unknown {
  if (isSecret(value)) return value.toString();
  if (typeof value === 'string') return isSecretKey(name) ? mask(value) : displayText(value);
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value as Iterable<unknown>, (item) => displayUnknown(name, item));
  }
  return isObject(value) ? entriesOf(value, displayUnknown) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isSecret(value);
}

function entriesOf(
  value: object,
  displayEntry: (name: string, item: unknown) => unknown,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  for (const [name, item] of entries) {
    define(result, displayText(String(name)), displayEntry(String(name), item));
  }
  return result;
}

/** The default of a setting as a document may show it; `undefined` if it contains a secret. */
export function publicDefault(name: string, schema: TSchema): unknown {
  const value = schema['default'] as unknown;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === undefined || (hasSecret(schema) && !isEmpty)
    ? undefined
    : display(name, schema, value);
}
