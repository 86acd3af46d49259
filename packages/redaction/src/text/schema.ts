import { isArray, read } from '../safe/read.ts';

// The schema or the options of a field with a secret name: `{ type: 'string' }`, `{ secure: true }`.

const STRINGS = new Set([
  ...['type', 'description', 'title', 'format', 'pattern', '$ref', '$comment', 'contentEncoding'],
  ...['sameSite', 'path', 'domain', 'secretName', 'scheme', 'bearerFormat', 'flow', 'in'],
]);
const NUMBERS = new Set([
  'count',
  'min',
  'max',
  'length',
  'minLength',
  'maxLength',
  'maxAge',
  'defaultMode',
]);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf']);

/** How deep the schema of a field may be. */
const MAX_DEPTH = 3;
const MAX_MEMBERS = 20;

/** Returns whether an object is the schema or the options of a field. */
export function isSchema(value: object): boolean {
  return isSchemaOf(value, MAX_DEPTH);
}

/** Returns whether fields are those of a token in a list of probabilities: `{ token, logprob }`. */
export function isProbability(fields: object): boolean {
  return typeof read(fields, 'logprob') === 'number';
}

function isSchemaOf(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const names = Object.keys(value);
  return (
    names.length <= MAX_MEMBERS && names.every((name) => isMember(name, read(value, name), depth))
  );
}

function isMember(name: string, value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'boolean':
    case 'undefined':
      return true;
    case 'string':
      return STRINGS.has(name) || (name === 'default' && value === '');
    case 'number':
      return NUMBERS.has(name);
    case 'object':
      if (value === null) return true;
      if (name === 'enum' || name === 'type') return isListOf(value, isString);
      if (LISTS.has(name)) return depth > 0 && isListOf(value, (item) => isOpenItem(item, depth));
      return (name === 'items' || name === 'not' || name === 'schema') && isOpenItem(value, depth);
    default:
      return false;
  }
}

function isOpenItem(value: unknown, depth: number): boolean {
  return typeof value === 'object' && value !== null && depth > 0 && isSchemaOf(value, depth - 1);
}

function isListOf(value: object, is: (item: unknown) => boolean): boolean {
  return isArray(value) && value.length <= MAX_MEMBERS && value.every(is);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
