import { copyFields } from './context.ts';
import { isError } from './error-fields.ts';

/** What a call of a level method comes down to. */
export interface Call {
  message: unknown;
  fields: Readonly<Record<string, unknown>> | undefined;
}

const TOKENS = /%[sdifjoO%]/g;

/** Whether fields can be taken as they stand: a plain object, what nearly every call gives. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return Object.getPrototypeOf(value) === Object.prototype;
  } catch {
    return false;
  }
}

/**
 * Sorts out the arguments of any call: winston's forms (an info, an error, `%s` with values),
 * pino's order (fields first), errors anywhere.
 */
export function sortCall(message: unknown, fields: unknown, more: readonly unknown[]): Call {
  const rest = fields === undefined && more.length === 0 ? [] : [fields, ...more];
  let text: unknown = message;
  const bags: unknown[] = [];
  const errors: unknown[] = [];
  let values: unknown[] = [];

  if (isError(message)) {
    errors.push(message);
    text = typeof rest[0] === 'string' ? rest.shift() : errorMessage(message);
  } else if (isBag(message)) {
    const { message: own, level: _, ...others } = copyFields(message);
    bags.push(others);
    text = own ?? (typeof rest[0] === 'string' ? rest.shift() : '');
    if (isError(own)) {
      errors.push(own);
      text = errorMessage(own);
    }
  }
  for (const value of rest) {
    if (isError(value)) errors.push(value);
    else if (isBag(value)) bags.push(value);
    else if (value !== undefined) values.push(value);
  }
  if (values.length > 0 && typeof text === 'string') {
    const filled = fill(text, values);
    text = filled.text;
    values = filled.left;
  }
  return { message: text, fields: collect(bags, errors, values) };
}

/** Whether a value is fields: an object that is neither list nor date nor anything of its own. */
function isBag(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (Array.isArray(value)) return false;
    return !(value instanceof Date || value instanceof Map || value instanceof Set);
  } catch {
    return false;
  }
}

function fill(text: string, values: readonly unknown[]): { text: string; left: unknown[] } {
  const left = [...values];
  const filled = text.replace(TOKENS, (token) => {
    if (token === '%%') return '%';
    if (left.length === 0 || typeof left[0] === 'object' || typeof left[0] === 'function') {
      return token;
    }
    return String(left.shift());
  });
  // Without a place for a value, even "%%" is the caller's own text.
  return left.length === values.length ? { text, left } : { text: filled, left };
}

function collect(bags: unknown[], errors: unknown[], values: unknown[]): Call['fields'] {
  const [first, ...others] = errors;
  const fields: Record<string, unknown> = Object.create(null);
  for (const bag of bags) Object.assign(fields, copyFields(bag));
  if (first !== undefined) fields['error'] ??= first;
  if (others.length > 0) fields['errors'] = others;
  if (values.length > 0) fields['args'] = values;
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function errorMessage(error: Error): unknown {
  try {
    return error.message || error.name;
  } catch {
    return '[Unreadable error]';
  }
}
