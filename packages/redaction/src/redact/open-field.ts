import { isArray, read } from '../safe/read.ts';

// A field with a secret name and a value that is not a secret: its string form would be shown, too.

/** A field is written on purpose: of its strings, only those are shown that cannot be a secret. */
const NO_SECRET =
  /^(?:|none|null|undefined|include|omit|same-origin|\[?(?:redacted|filtered|masked|hidden)\]?)$/i;

/** Names of counts: `secrets: 3`. */
const COUNTED = /(?:keys|codes|cookies|credentials|secrets|passwords|sessionids)$/i;

const STRINGS = new Set([
  ...['type', 'description', 'title', 'format', 'pattern', '$ref', '$comment', 'contentEncoding'],
  ...['sameSite', 'path', 'domain', 'secretName'],
]);
const NUMBERS = new Set([
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

/**
 * Returns whether the value of a field with a secret name may be shown: an empty one, a state, a
 * count, the schema of a tool's field, a token of a model.
 *
 * @param name The name of the field.
 * @param value Its value.
 * @param fields The fields beside it.
 */
export function isOpenField(name: string, value: unknown, fields: object | undefined): boolean {
  if (typeof value === 'string') {
    return NO_SECRET.test(value) || (name === 'token' && isModelToken(fields));
  }
  if (typeof value === 'number') return COUNTED.test(name) && value >= 0 && value < 1000;
  if (typeof value !== 'object' || value === null) return false;
  try {
    return isArray(value) ? value.length === 0 : isSchema(value, MAX_DEPTH);
  } catch {
    return false;
  }
}

/** A list of probabilities has `{ token, logprob }`. */
function isModelToken(fields: object | undefined): boolean {
  return fields !== undefined && typeof read(fields, 'logprob') === 'number';
}

function isSchema(value: object, depth: number): boolean {
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
      return (name === 'items' || name === 'not') && isOpenItem(value, depth);
    default:
      return false;
  }
}

function isOpenItem(value: unknown, depth: number): boolean {
  return typeof value === 'object' && value !== null && depth > 0 && isSchema(value, depth - 1);
}

function isListOf(value: object, is: (item: unknown) => boolean): boolean {
  return isArray(value) && value.length <= MAX_MEMBERS && value.every(is);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}
