import { has, isArray, read } from '@map/redaction/kernel';
import { copyFields } from '../context/context.ts';
import { atOnce } from '../format/at-once.ts';
import { errorMessage, isError } from '../format/error-fields.ts';

/** A level method's arguments, normalised. */
export interface CallArguments {
  message: unknown;
  fields: Readonly<Record<string, unknown>> | undefined;
}

/** Turns any value into redacted JSON. */
type JsonOf = (value: unknown) => string;

const TOKENS = /%[sdifjoOc%]/g;

/** Whether fields can be taken as they stand: a plain object, as nearly every call gives. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return Object.getPrototypeOf(value) === Object.prototype;
  } catch {
    return false;
  }
}

/**
 * Sorts the arguments of any call: winston's forms (an info, an error, `%s` with values), pino's
 * (fields first, `msg`), console's and Nest's (strings after the message), errors anywhere.
 */
export function sortArguments(
  message: unknown,
  meta: readonly unknown[],
  jsonOf: JsonOf,
): CallArguments {
  const rest = [...meta];
  let text: unknown = message;
  const bags: unknown[] = [];
  const errors: unknown[] = [];
  let values: unknown[] = [];

  if (isError(message)) {
    errors.push(message);
    text = isMessage(rest[0]) ? rest.shift() : errorMessage(message);
  } else if (isBag(message)) {
    const { message: own, level: _, ...others } = copyFields(message);
    const { msg } = others as { msg?: unknown };
    text = own;
    const isGiven = msg === undefined ? typeof rest[0] === 'string' : isMessage(rest[0]);
    if (own === undefined && isGiven) text = rest.shift();
    else if (own === undefined && msg !== undefined) {
      text = msg;
      delete (others as { msg?: unknown }).msg;
    }
    bags.push(others);
    if (isError(text)) {
      errors.push(text);
      text = errorMessage(text);
    }
    text ??= errorMessageIn(others) ?? '';
  }
  errors.push(...rest.filter(isError));
  values = [...rest];
  if (typeof text === 'string' && text.includes('%') && values.length > 0) {
    const filled = fill(text, values, jsonOf);
    text = filled.text;
    values = filled.left;
  }
  // Errors are fields, whether they are in the message or not.
  values = values.filter((value) => value !== undefined && !isError(value));
  bags.push(...values.filter(isBag));
  values = values.filter((value) => !isBag(value));
  return { message: text, fields: collect(bags, errors, values) };
}

/** The name of a class of two words or more: Nest gives it last, for the part that logs. */
const CONTEXT = /^[A-Z][a-z\d]+(?:[A-Z][a-z\d]*)+$/;

/** Whether a string behind an error, or behind fields with a message, is the message instead. */
function isMessage(value: unknown): boolean {
  return typeof value === 'string' && !CONTEXT.test(value);
}

/** The message of the error in fields without one: `log.error({ err })`. */
function errorMessageIn(fields: object): string | undefined {
  const { err, error = err } = fields as { err?: unknown; error?: unknown };
  return isError(error) ? errorMessage(error) : undefined;
}

/** Whether a value is fields: a plain object, or one of a class with fields to show. */
function isBag(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return true;
    if (Symbol.iterator in value || value instanceof Date || isError(value)) return false;
    return Object.keys(value).length > 0;
  } catch {
    return false;
  }
}

/** Fills `%s` and its like; of objects, those that are fields are left to `%j`, `%o` and `%O`. */
function fill(
  text: string,
  values: readonly unknown[],
  jsonOf: JsonOf,
): { text: string; left: unknown[] } {
  const left = [...values];
  const filled = text.replace(TOKENS, (token) => {
    if (token === '%%') return '%';
    const whole = token === '%j' || token === '%o' || token === '%O';
    const index = whole
      ? 0
      : left.findIndex(
          (value) =>
            isError(value) || !isBag(value) || (token === '%s' && ownText(value) !== undefined),
        );
    if (index < 0 || left.length === 0) return token;
    const [value] = left.splice(index, 1);
    if (isError(value)) return errorMessage(value);
    if (whole) return jsonOf(value);
    if (token === '%c') return '';
    const isObject = typeof value === 'object' || typeof value === 'function';
    const own = token === '%s' ? ownText(value) : undefined;
    if (own !== undefined) return own;
    return isObject ? unquoted(jsonOf(value)) : simpleText(token, value);
  });
  // Without a place for a value, even "%%" is the caller's own text.
  return left.length === values.length ? { text, left } : { text: filled, left };
}

/** How an object of a class describes itself: by `toString()`, where it has no `toJSON()`. */
function ownText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || isArray(value) || ArrayBuffer.isView(value))
    return undefined;
  const method = read(value, 'toString');
  if (method === Object.prototype.toString || has(value, 'toJSON')) return undefined;
  try {
    return typeof method === 'function' ? String(atOnce(method.call(value))) : undefined;
  } catch {
    return undefined;
  }
}

/** JSON as a reader writes it: a date has no quotes around it. */
function unquoted(json: string): string {
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

/** The value for `%d`, `%i`, `%f` as a number, and for `%s` as it is. */
function simpleText(token: string, value: unknown): string {
  if (token === '%s' || typeof value === 'bigint' || typeof value === 'symbol')
    return String(value);
  const number = Number(value);
  if (Number.isNaN(number)) return String(value);
  return String(token === '%i' ? Math.trunc(number) : number);
}

// Spaces and tabs alone: `\s` would go over line breaks, again from each line.
const STACK = /^[ \t]+at ./m;

function collect(bags: unknown[], errors: unknown[], values: unknown[]): CallArguments['fields'] {
  const [first, ...others] = errors;
  const fields: Record<string, unknown> = Object.create(null);
  for (const bag of bags) Object.assign(fields, copyFields(bag));
  if (first !== undefined) fields['error'] ??= first;
  if (others.length > 0) fields['errors'] = others;
  // Nest gives a stack, and last the name of the part of the program that logs.
  const strings = values.every((value) => typeof value === 'string');
  const [one = '', ...names] = strings ? values.filter((value) => value !== '') : [];
  if (typeof one === 'string' && STACK.test(one)) {
    fields['stack'] ??= one;
    const context = names.pop();
    if (context !== undefined) fields['context'] ??= context;
    if (names.length > 0) fields['args'] = names;
  } else if (values.length === 1 && strings) {
    fields['context'] ??= one;
  } else if (values.length > 0) {
    const last = values.at(-1);
    const hasContext = typeof last === 'string' && CONTEXT.test(last);
    if (hasContext) fields['context'] ??= last;
    fields['args'] = hasContext ? values.slice(0, -1) : values;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}
