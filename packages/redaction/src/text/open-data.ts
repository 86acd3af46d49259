import { isArray } from '../safe/read.ts';
import { isRandomName } from './open-value.ts';
import { isComplaint } from './remarks.ts';
import { isProbability, isSchema } from './schema.ts';

// What stands in brackets behind a secret name and holds no secret. It is parsed: a regular expression
// for the schema of a field took tens of milliseconds to compile.

/** Longer data is not looked at. */
const MAX_LENGTH = 2000;

/** An empty list, and the marks of values that were not printed: `[Getter]`, `[3 items]`. */
const EMPTY =
  /^(?:\[\s?\]|\[(?:(?:Async|Generator|AsyncGenerator)?Function\b|Getter|Setter|object \w+\]|Object\]|Array\]|Circular|class |Truncated|Unreadable|\d+ (?:items|bytes|more)\]))/;

/** Names in a list without quotes: `auth: [jwt, apiKey]`. */
const WORDS = /^\[\s?[A-Za-z_]{1,20}(?:,\s?[A-Za-z_]{1,20}){0,20}\s?\]$/;
const TEMPLATE = /^\{\{[^{}]{0,200}\}\}$/;

/** The options of a program: `cookie: { secure: true, sameSite: 'lax' }`. */
const OPTIONS =
  /^\{\s*(?:(?:\w{1,40}\??:\s*(?:true|false|null|undefined|(?:string|number|boolean)(?: \| (?:null|undefined))?|String|Number|Boolean|Buffer|Date)|(?:min|max|length|minLength|maxLength|maxAge|defaultMode):\s*\d{1,10}|(?:type|description|format|sameSite|path|domain|secretName|strategy|scheme|flow|method|provider|mode|grantType):\s*'[^'\\]{0,200}')\s*(?:[,;]\s*|(?=\})))*\}$/;

/**
 * Returns whether a list or an object in a string may be shown.
 *
 * @param data It, with its brackets.
 * @param name The name before it.
 */
export function isOpenData(data: string, name: string): boolean {
  if (data.length > MAX_LENGTH) return false;
  if (data.startsWith('[')) {
    if (EMPTY.test(data) || (isRandomName(name) && WORDS.test(data))) return true;
    const list = parsed(data);
    return isArray(list) && list.every((item) => typeof item === 'string' && isComplaint(item));
  }
  if (TEMPLATE.test(data) || OPTIONS.test(data)) return true;
  const object = parsed(data);
  if (typeof object !== 'object' || object === null) return false;
  return isSchema(object) || (/^token$/i.test(name) && isProbability(object));
}

/** The value of JSON, also of JSON inside a string. */
function parsed(data: string): unknown {
  if (!/^[[{]\s*\\{0,8}["\]}]/.test(data)) return undefined;
  try {
    return JSON.parse(data.replace(/\\+"/g, '"'));
  } catch {
    return undefined;
  }
}
