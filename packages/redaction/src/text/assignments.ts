import { MASK } from '../words/words.ts';

// Finds `name = value`, `name: value`, `"name":"value"`, `name => value`, `name%3Dvalue` and
// `--name value` in a string, and masks the value where the name is secret.
//
// The scan goes from separator to separator. Behind each it looks back over a bounded number of
// characters for the name, and ahead for the value, beyond which it continues: so its time grows
// only with the length of the string.

const SEPARATOR = /=>|[:=]|%3[ad]|(?<=--[\w-]{1,64}) /gi;

const NAME = /([A-Za-z_$][\w.$-]{0,63})(?:\[\])?["'`\\\]]{0,6} {0,4}$/;

/** Words behind which the name stands: `API key provided: …`. */
const FILLER = /\s+(?:provided|given|used|received|value)\s*$/i;

/** The last word of a name that has two words. */
const SECOND_WORD = /^(?:key|keys|id|token|phrase|code|secret|hash|password)$/i;

/** Whose values go on to the end of the line. */
const WHOLE_LINE = /(?:authorization|cookie)$/i;

/** In a URL's query these names are secret too. */
const QUERY_NAME = /^(?:key|sig|code|hmac|k)$/i;

// What stands where a value would, and is not one: a literal, a type, a placeholder.
const NO_VALUE =
  /^(?:null|undefined|true|false|none|nil|nan|string|number|boolean|object|any|unknown|required|missing|invalid|expired|empty|optional|redacted|hidden|unset|\*+|\$\d+|\?|%[sdojO]|:[a-z_]\w*|@\w+|\$\{?[A-Z_]\w*\}?|\{\{?\w*\}?\}|<[\w -]*>|process\.env\.\w+|\[redacted\])$/i;

const LOOK_BACK = 80;

/**
 * Masks the values of secret names.
 *
 * @param text The string.
 * @param isSecret Decides about a name.
 * @returns The string with the values masked.
 */
export function maskAssignments(text: string, isSecret: (name: string) => boolean): string {
  let result = '';
  let done = 0;
  SEPARATOR.lastIndex = 0;
  for (const match of text.matchAll(SEPARATOR)) {
    const at = match.index;
    if (at < done) continue;
    const name = nameBefore(text, Math.max(done, at - LOOK_BACK), at);
    if (name === undefined) continue;
    const inQuery = /[?&;#]/.test(text.charAt(at - name.length - 1)) && match[0] === '=';
    if (!isSecret(name) && !(inQuery && QUERY_NAME.test(name))) continue;
    const after = at + match[0].length;
    const value = valueAfter(text, after, name, match[0] === ':');
    if (value === undefined) continue;
    result += text.slice(done, value.start) + MASK;
    done = value.end;
  }
  return done === 0 ? text : result + text.slice(done);
}

function nameBefore(text: string, from: number, at: number): string | undefined {
  const before = text.slice(from, at).replace(FILLER, '');
  const match = NAME.exec(before);
  if (match === null) return undefined;
  const name = match[1] as string;
  if (!SECOND_WORD.test(name)) return name;
  const first = /([A-Za-z][\w-]{0,31}) $/.exec(before.slice(0, match.index));
  return first === null ? name : `${first[1]} ${name}`;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const BLANKS = /[ \t]{0,8}/y;
const QUOTE = /\\{0,8}["'`]/y;
const BARE = /[^\s,;&"'`<>)}\]|\\]+/y;
const LINE = /[^\r\n"'`]+/y;

function valueAfter(text: string, from: number, name: string, colon: boolean): Span | undefined {
  const start = from + sticky(BLANKS, text, from).length;
  const quote = sticky(QUOTE, text, start);
  if (quote !== '') return quoted(text, start + quote.length, quote);
  const next = text.charAt(start);
  if (next === '[' || next === '{') return bracketed(text, start);
  if (WHOLE_LINE.test(name)) return span(start, sticky(LINE, text, start));
  const value = sticky(BARE, text, start);
  if (value === '' || NO_VALUE.test(value)) return undefined;
  if (colon && isProse(text, start, value, from)) return undefined;
  if (/tokens?$/i.test(name) && /^\d{1,7}$/.test(value)) return undefined;
  return span(start, value);
}

/** Whether a sentence goes on after the colon: `Invalid token: please log in again`. */
function isProse(text: string, start: number, value: string, from: number): boolean {
  if (start === from || !/^[A-Za-z\u00C0-\u024F']+[.,!?]?$/.test(value)) return false;
  return /^ \p{L}/u.test(text.slice(start + value.length, start + value.length + 3));
}

function span(start: number, value: string): Span | undefined {
  return value === '' ? undefined : { start, end: start + value.length };
}

/** The content of quotes; to the end of the string if they are not closed. */
function quoted(text: string, start: number, quote: string): Span | undefined {
  const sign = quote.charAt(quote.length - 1);
  const slashes = quote.length - 1;
  let end = text.indexOf(sign, start);
  while (end >= 0 && backslashesBefore(text, end, start) > slashes)
    end = text.indexOf(sign, end + 1);
  const stop = end < 0 ? text.length : Math.max(start, end - slashes);
  const value = text.slice(start, stop);
  return value === '' || NO_VALUE.test(value) ? undefined : { start, end: stop };
}

function backslashesBefore(text: string, at: number, from: number): number {
  let count = 0;
  while (at - count > from && count < 64 && text.charCodeAt(at - count - 1) === 92) count += 1;
  return count;
}

/** A list or an object, to its closing bracket. */
function bracketed(text: string, start: number): Span {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 91 || code === 123) depth += 1;
    else if (code === 93 || code === 125) {
      depth -= 1;
      if (depth === 0) return { start, end: index + 1 };
    }
  }
  return { start, end: text.length };
}

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
