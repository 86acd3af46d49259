import { PASSWORD } from '../key/doubtful-key.ts';
import { MASK } from '../words/words.ts';
import { isExpression, isReader } from './expressions.ts';
import { isOpenData } from './open-data.ts';
import { isForm, isModelToken, isOpenQuoted, isOpenWord } from './open-value.ts';
import { isRefusal } from './remarks.ts';
import { lazily } from './rule.ts';
import { sticky } from './separators.ts';

/** The call of a function: `SecretStr('…')`. */
const CALL = /^[A-Za-z_$][\w$]*(?:\??\.[\w$]+)*\($/;

/** Names whose values extend to the end of the line. */
const WHOLE_LINE = /(?:authorization|cookie)$/i;

/** The place of a value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// Reading the tables of Unicode takes 3 ms, which an import has no need of.
const prose = lazily(() => /[\p{L}\p{M}'’]+[.!?]?/uy);
// Letters without case stand for a sentence in Chinese, Japanese, Arabic and others.
const caseless = lazily(() => /[\p{L}\p{M}\p{P}\d]*?\p{Lo}/uy);
/** Three words in small letters, none of which is a scheme: `the act of giving permission`. */
const SMALL_WORDS =
  /(?!(?:bearer|basic|digest|negotiate|token|api-?key) )(?:[a-z\u00DF-\u024F']{1,14} ){2}[a-z\u00DF-\u024F']{1,14}(?=[ .,;!?]|$)/y;
// Also the type that PHP prints, a tag or an anchor of YAML, and the line break behind the sign of a block.
const BLANKS =
  /(?:[ \t]|%20){0,8}(?:(?:string\(\d{1,8}\)|!!str|&\w{1,32}) )?(?:[>|][+-]?(?:\r?\n|(?:\\r)?\\n)[ \t]{1,16})?/y;
/** Also with the prefix of a string in SQL and Python: `N'…'`, `b'…'`. */
const QUOTE = /(?:[bBeEfFnNrRuU]{1,2}(?=['"]))?\\{0,8}["'`]/y;
const ENCODED_QUOTE = /%(?:25)?2[27]|&(?:quot|apos|#3[49]|#x2[27]);|\\{1,8}(?:u00|x)2[27]/iy;
const BARE = /[^\s,;&"'`<>)}\]|\\]+/y;
/** What a sentence says about a flag: `pass --token to sign in`. */
const REMARK = /^(?:to|is|was|or|and|needs|must|should|with|for|from|as|in|takes|requires)$/;
const LINE_BELOW = /(?:(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)[ \t]{0,16}){1,2}(?:- )?\\{0,4}["']?/y;
const alone = lazily(
  () => new RegExp(`${PASSWORD}(?=\\\\{0,4}["']|[ \\t]{0,16}(?:$|[\\r\\n(]|\\\\{1,4}[rn]))`, 'y'),
);
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
  if (quote !== '') {
    return isClosing(text, at, name, quote)
      ? undefined
      : quoted(text, start + quote.length, quote, name);
  }
  const encoded = sticky(ENCODED_QUOTE, text, start);
  if (encoded !== '') return between(text, start + encoded.length, encoded);
  const next = text.charAt(start);
  if (text[at] === ':' && (next === '\n' || next === '\r' || next === '\\' || next === '')) {
    return valueBelow(text, start);
  }
  if (isForm(text, start)) return undefined;
  if (next === '[' || next === '{') {
    const span = bracketed(text, start);
    return isOpenData(text.slice(start, span.end), name) ? undefined : span;
  }
  // Before the value is read to its end, which may be far: prose and forms are shown, and what follows
  // them is looked at again.
  const isGlued = start === from && text[at] === ':';
  if (text[at] === ':' && !isGlued && isProse(text, start, name)) return undefined;
  const value = sticky(WHOLE_LINE.test(name) ? LINE : BARE, text, start);
  // `${PASSWORD:?must be set}`
  if (isGlued && next === '?' && text.startsWith('${', at - name.length - 2)) return undefined;
  const place = text[at] !== ':' ? 'other' : isGlued ? 'glued' : 'colon';
  // `--password     prompts for it`: what a program says about its flags.
  if (text[at] === ' ' && (REMARK.test(value) || (start > from && isProse(text, start, name)))) {
    return undefined;
  }
  if (value === '' || isOpenWord(value.replace(/[\s;}]+$/, ''), name, place)) return undefined;
  const end = start + value.length;
  if (CALL.test(value)) return argument(text, end, value, name);
  return isExpression(value, text.slice(end, end + 40)) ? undefined : { start, end };
}

/** A word that looks random and stands alone in the line below. */
function valueBelow(text: string, from: number): Span | undefined {
  const before = sticky(LINE_BELOW, text, from);
  if (before === '') return undefined;
  const start = from + before.length;
  const value = sticky(alone(), text, start);
  return value === '' ? undefined : { start, end: start + value.length };
}

/** Whether the quote behind a name closes what it stands in: `"Password: "`. */
function isClosing(text: string, at: number, spelled: string, quote: string): boolean {
  const name = spelled.trimStart();
  const before = at - name.length;
  return text.startsWith(quote, before - quote.length) && text.startsWith(name, before);
}

/** Whether a sentence continues after the colon: `Invalid token: please log in again`. */
function isProse(text: string, start: number, name: string): boolean {
  if (sticky(caseless(), text, start) !== '') return true;
  const word = sticky(prose(), text, start);
  if (word === '') return false;
  // The word of a header is a scheme.
  if (/authorization$/i.test(name) && !isRefusal(word)) {
    return sticky(SMALL_WORDS, text, start) !== '';
  }
  return /^ (?:\d{1,3} )?\p{L}/u.test(text.slice(start + word.length, start + word.length + 6));
}

/** The quoted argument of a call; others are expressions. */
function argument(text: string, from: number, call: string, name: string): Span | undefined {
  const quote = sticky(QUOTE, text, from);
  if (quote === '' || isReader(call)) return undefined;
  return quoted(text, from + quote.length, quote, name);
}

function between(text: string, start: number, quote: string): Span | undefined {
  const end = text.indexOf(quote, start);
  return end === start ? undefined : { start, end: end < 0 ? text.length : end };
}

/** The content of quotes; to the end of the string if they are not closed. */
function quoted(text: string, start: number, quote: string, name: string): Span | undefined {
  const sign = quote.charAt(quote.length - 1);
  const slashes = quote.replace(/^[a-z]+/i, '').length - 1;
  if (isForm(text, start)) return undefined;
  let end = text.indexOf(sign, start);
  while (end >= 0 && backslashesBefore(text, end, start) > slashes) {
    end = text.indexOf(sign, end + 1);
  }
  const stop = end < 0 ? text.length : Math.max(start, end - slashes);
  const value = text.slice(start, stop);
  if (isOpenQuoted(value, name) || isModelToken(text, stop, name)) return undefined;
  return { start, end: stop };
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
