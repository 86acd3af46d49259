import { Kind, runBefore } from '../characters/characters.ts';
import { MASK } from '../words/words.ts';

// Finds `name = value`, `name: value`, `"name":"value"`, `name => value`, `name%3Dvalue` and
// `--name value` in a string, and masks the value where the name is secret.
//
// The loop stops at each separator. From there it looks back over a bounded number of characters for
// the name, and ahead for the value, behind which it continues. So its time grows only with the
// length of the string.

/** The last word of a name that has two words, such as `API key`. */
const SECOND_WORD = /^(?:keys?|id|token|phrase|code|secret|hash|password)$/i;

/** A word between the name and the separator: `API key provided: …`. */
const FILLER = /^(?:provided|given|used|received|value|is|was)$/i;

/** Names whose values go on to the end of the line. */
const WHOLE_LINE = /(?:authorization|cookie)$/i;

/** Names that are secret only in the query of a URL. */
const QUERY_NAME = /^(?:key|sig|code|hmac|k)$/i;

// What stands where a value would and is not a secret: a literal, a type, a placeholder.
const NO_VALUE =
  /^(?:null|undefined|true|false|none|nil|nan|string|number|boolean|object|any|unknown|required|missing|invalid|expired|empty|optional|redacted|hidden|unset|bearer|\*+|\$\d+|\?|%[sdojO]|:[a-z_]\w*|@\w+|\$\{?[A-Z_]\w*\}?|\{\{?\w*\}?\}|<[\w -]*>|process\.env\.\w+|\[redacted\])$/i;

const MAX_NAME = 64;

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
  const places = new Separators(text);
  for (let at = places.next(0); at >= 0; at = places.next(Math.max(at + 1, done))) {
    const name = nameBefore(text, done, at);
    if (name === undefined) continue;
    if (!isSecret(name) && !(text[at] === '=' && isQueryName(text, at, name))) continue;
    const value = valueAfter(text, at, at + widthOf(text, at), name);
    if (value === undefined) continue;
    result += text.slice(done, value.start) + MASK;
    done = value.end;
  }
  return done === 0 ? text : result + text.slice(done);
}

/** Finds the separators of a string in their order, by the engine's own fast search. */
class Separators {
  readonly #text: string;
  readonly #next: number[];
  readonly #signs: readonly string[];

  constructor(text: string) {
    this.#text = text;
    // A space is one behind a flag only, which few strings contain.
    this.#signs = text.includes('--') ? [':', '=', '%3', ' '] : [':', '=', '%3'];
    this.#next = this.#signs.map(() => -1);
  }

  /** The first separator at or behind a place; -1 if there is none. */
  next(from: number): number {
    let first = -1;
    for (let index = 0; index < this.#signs.length; index += 1) {
      const at = this.#at(index, from);
      if (at !== Infinity && (first < 0 || at < first)) first = at;
    }
    return first;
  }

  #at(index: number, from: number): number {
    let at = this.#next[index] as number;
    while (at < from) {
      at = this.#text.indexOf(this.#signs[index] as string, Math.max(from, at + 1));
      if (at < 0) at = Infinity;
      else if (!isSeparator(this.#text, at)) {
        from = at + 1;
      }
    }
    this.#next[index] = at;
    return at;
  }
}

function isSeparator(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 37) return /[ad]/i.test(text.charAt(at + 2));
  return code !== 32 || isFlagBefore(text, at);
}

function widthOf(text: string, at: number): number {
  if (text[at] === '%') return 3;
  return text[at] === '=' && text[at + 1] === '>' ? 2 : 1;
}

function isFlagBefore(text: string, at: number): boolean {
  const start = runBefore(text, 0, at, MAX_NAME, Kind.name);
  return start < at - 2 && text.startsWith('--', start);
}

function nameBefore(text: string, from: number, at: number): string | undefined {
  let end = runBefore(text, from, at, 4, Kind.blank);
  end = runBefore(text, from, end, 6, Kind.quote);
  const start = runBefore(text, from, end, MAX_NAME, Kind.name);
  if (start === end) return undefined;
  const name = text.slice(start, end);
  if (text.charCodeAt(start - 1) !== 32) return name;
  if (FILLER.test(name)) return nameBefore(text, from, start - 1);
  if (!SECOND_WORD.test(name)) return name;
  return text.slice(runBefore(text, from, start - 1, 32, Kind.name), end);
}

function isQueryName(text: string, at: number, name: string): boolean {
  return /[?&;#]/.test(text.charAt(at - name.length - 1)) && QUERY_NAME.test(name);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const BLANKS = /[ \t]{0,8}/y;
const QUOTE = /\\{0,8}["'`]/y;
const BARE = /[^\s,;&"'`<>)}\]|\\]+/y;
const LINE = /[^\r\n"'`]+/y;

function valueAfter(text: string, at: number, from: number, name: string): Span | undefined {
  const start = from + sticky(BLANKS, text, from).length;
  if (text.startsWith(MASK, start)) return undefined;
  const quote = sticky(QUOTE, text, start);
  if (quote !== '') return quoted(text, start + quote.length, quote);
  const next = text.charAt(start);
  if (next === '[' || next === '{') return bracketed(text, start);
  const whole = WHOLE_LINE.test(name);
  const value = sticky(whole ? LINE : BARE, text, start);
  if (value === '' || NO_VALUE.test(value.trimEnd())) return undefined;
  if (!whole && text[at] === ':' && isProse(text, start, value, from)) return undefined;
  if (/tokens?$/i.test(name) && /^\d{1,7}$/.test(value)) return undefined;
  return { start, end: start + value.length };
}

/** Whether a sentence goes on after the colon: `Invalid token: please log in again`. */
function isProse(text: string, start: number, value: string, from: number): boolean {
  if (start === from || !/^[A-Za-z\u00C0-\u024F']+[.,!?]?$/.test(value)) return false;
  return /^ \p{L}/u.test(text.slice(start + value.length, start + value.length + 3));
}

/** The content of quotes; to the end of the string if they are not closed. */
function quoted(text: string, start: number, quote: string): Span | undefined {
  const sign = quote.charAt(quote.length - 1);
  const slashes = quote.length - 1;
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

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
