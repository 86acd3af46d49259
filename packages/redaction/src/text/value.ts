import { MASK } from '../words/words.ts';
import { sticky } from './separators.ts';

/** Names whose values extend to the end of the line. */
const WHOLE_LINE = /(?:authorization|cookie)$/i;

// Text in the place of a value that is not a secret: a literal, a type, a placeholder.
const NO_VALUE =
  /^(?:null|undefined|true|false|none|nil|nan|string|number|boolean|object|any|unknown|required|missing|invalid|expired|empty|optional|redacted|hidden|unset|bearer|\*+|\$\d+|\?|%[sdojO]|:[a-z_]\w*|@\w+|\$\{?[A-Z_]\w*\}?|\{\{?\w*\}?\}|<[\w -]*>|process\.env\.\w+!?|[a-z_-]{0,16}(?:\.{3}|…|x{4,})|(?:os\.environ(?:\.get)?|os\.getenv|Deno\.env\.get)[[(]|your[-_ ][a-z_-]+|\[redacted\])$/i;

// Unquoted words that are not secrets: a state, a method, the start of an expression.
const BARE_WORD =
  /^(?:valid|set|present|absent|revoked|disabled|enabled|ok|on|off|yes|no|await|new|this|jwt|oauth2?|basic|digest|oidc|saml|ldap|mtls|include|omit|same-(?:origin|site)|[rhep]s(?:256|384|512)|eddsa|sig(?:term|int|kill|hup|quit|usr[12]|abrt|segv|pipe))$/i;

// The form of a header that a message explains: `Authorization: Bearer YOUR_KEY`.
const FORM =
  /(?:(?:bearer|basic|token|apikey) (?:your[ _-]|<|\$|\{)|\[(?:redacted|filtered|masked|hidden)\])/iy;

/** What is said about an authorization. */
const REFUSAL = /^(?:denied|failed|granted|invalid|missing|not|refused|rejected|required|was)$/i;

/** A field in the JSON Schema of a tool: `"token":{"type":"string","description":"…"}`. */
const SCHEMA =
  /\{\s{0,8}\\{0,8}"type\\{0,8}"\s?:\s?\\{0,8}"(?:string|number|integer|boolean|object|array)\\{0,8}"(?:\s?,\s{0,8}\\{0,8}"(?:description|title|format|minLength|maxLength)\\{0,8}"\s?:\s?(?:\\{0,8}"[^"\\]{0,1000}\\{0,8}"|\d+)){0,5}\s{0,8}\}/y;

/** The path of a file, such as that of a folder of secrets. */
const PATH = /^(?:\.{0,2}|~)(?:\/[a-z][a-z._-]*){2,}$/;

/** Also names of counts: `pass: 3`, `cookies: 12`, `?code=404`. */
const COUNTED =
  /^(?:pass|pin|sid|cookie|sessionid|code|k)$|(?:keys|cookies|credentials|secrets|passwords|sessionids)$/i;

/** The value of a program's expression: `getToken()`, `input.password`. */
const EXPRESSION =
  /^[A-Za-z_$][A-Za-z_$]*(?:\.[A-Za-z_$]+)*\($|^[a-z]+(?:\.[A-Za-z]+)*\.(?:authorization|cookie|\w*(?:password|secret|token|key))$/i;

/** The call of a function: `SecretStr('…')`. */
const CALL = /^[A-Za-z_$][\w$]*(?:\.[\w$]+)*\($/;

/** One that reads a value by its name: `config.get('api_key')`. */
const READER = /(?:\bget|\benv|getenv|get_?secret|settings?)\($/i;

/** The place of a value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const PROSE = /[A-Za-z\u00C0-\u024F']+[.!?]?/y;
// Also the line break behind the sign of a block in YAML.
const BLANKS = /(?:[ \t]|%20){0,8}(?:[>|][+-]?(?:\r?\n|(?:\\r)?\\n)[ \t]{1,16})?/y;
/** Also with the prefix of a string in SQL and Python: `N'…'`, `b'…'`. */
const QUOTE = /(?:[bBeEfFnNrRuU]{1,2}(?=['"]))?\\{0,8}["'`]/y;
const ENCODED_QUOTE = /%(?:25)?2[27]|&(?:quot|apos|#3[49]|#x2[27]);|\\{1,8}u002[27]/iy;
const BARE = /[^\s,;&"'`<>)}\]|\\]+/y;
const LINE = /(?:[^\r\n"'`]|(?<==)"[^"\r\n]*")+/y;

/**
 * Returns where the value of a secret name is; undefined if the value is missing or not secret.
 *
 * @param text The string.
 * @param at The place of the separator.
 * @param from The place behind the separator.
 * @param name The name.
 */
export function valueAfter(text: string, at: number, from: number, name: string): Span | undefined {
  const start = from + sticky(BLANKS, text, from).length;
  if (text.startsWith(MASK, start)) return undefined;
  const quote = sticky(QUOTE, text, start);
  if (quote !== '') return quoted(text, start + quote.length, quote);
  const encoded = sticky(ENCODED_QUOTE, text, start);
  if (encoded !== '') return between(text, start + encoded.length, encoded);
  const next = text.charAt(start);
  if (sticky(FORM, text, start) !== '' || sticky(SCHEMA, text, start) !== '') return undefined;
  if (next === '[' || next === '{') return bracketed(text, start);
  // Before the value is read to its end, which may be far: prose and forms are shown, and what follows
  // them is looked at again.
  if (text[at] === ':' && isProse(text, start, from, name)) return undefined;
  const value = sticky(WHOLE_LINE.test(name) ? LINE : BARE, text, start);
  if (value === '' || isHarmless(value.trimEnd(), name)) return undefined;
  if (CALL.test(value)) return argument(text, start + value.length, value);
  if (EXPRESSION.test(value) && (text[start + value.length] === ')' || !value.endsWith('('))) {
    return undefined;
  }
  return { start, end: start + value.length };
}

function isHarmless(value: string, name: string): boolean {
  if (NO_VALUE.test(value) || BARE_WORD.test(value) || PATH.test(value)) return true;
  if (/^(?:old)?pwd$/i.test(name) && /^[/~][a-z._/-]*$/.test(value)) return true;
  // `this.token = token`, `secret: Secret`
  const last = /\w*$/.exec(name)?.[0].toLowerCase();
  if (value !== name.trim() && value.toLowerCase() === last) return true;
  if (/tokens?$/i.test(name)) return /^\d{1,7}$/.test(value);
  if (/signature$/i.test(name)) return /^\w*\(/.test(value);
  return COUNTED.test(name) && /^\d{1,3}$/.test(value);
}

/** Whether a sentence continues after the colon: `Invalid token: please log in again`. */
function isProse(text: string, start: number, from: number, name: string): boolean {
  const word = sticky(PROSE, text, start);
  if (start === from || word === '') return false;
  // The word of a header is a scheme.
  if (/authorization$/i.test(name) && !REFUSAL.test(word)) return false;
  return /^ \p{L}/u.test(text.slice(start + word.length, start + word.length + 3));
}

/** The quoted argument of a call. */
function argument(text: string, from: number, call: string): Span | undefined {
  const quote = sticky(QUOTE, text, from);
  if (quote === '' || READER.test(call)) return undefined;
  return quoted(text, from + quote.length, quote);
}

function between(text: string, start: number, quote: string): Span | undefined {
  const end = text.indexOf(quote, start);
  return end === start ? undefined : { start, end: end < 0 ? text.length : end };
}

/** The content of quotes; to the end of the string if they are not closed. */
function quoted(text: string, start: number, quote: string): Span | undefined {
  const sign = quote.charAt(quote.length - 1);
  const slashes = quote.replace(/^[a-z]+/i, '').length - 1;
  if (sticky(FORM, text, start) !== '') return undefined;
  let end = text.indexOf(sign, start);
  while (end >= 0 && backslashesBefore(text, end, start) > slashes) {
    end = text.indexOf(sign, end + 1);
  }
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
