import { Kind, runBefore } from '../characters/characters.ts';
import { FILLERS, LONGEST_WORD, QUERY_NAMES, SECOND_WORDS } from '../key/name-keys.ts';
import { MASK } from '../words/words.ts';
import { MAX_NAME, Separators, sticky, widthOf } from './separators.ts';
import { valueAfter } from './value.ts';

// Finds `name = value`, `name: value`, `"name":"value"`, `name => value`, `name%3Dvalue` and
// `--name value`, also with encoded quotes, in a string, and masks the value where the name is secret.
//
// The loop stops at each separator. From there it looks back over a bounded number of characters for
// the name, and ahead for the value, behind which it continues. So its time grows only with the
// length of the string.

const SECOND_WORD = wordPattern(SECOND_WORDS);
const FILLER = wordPattern(FILLERS);
const QUERY_NAME = wordPattern(QUERY_NAMES);

/** A quote behind the name that is encoded: `%22`, `&quot;`, `\u0022`. */
const ENCODED_QUOTE = /(?:%(?:25)?2[27]|&(?:quot|apos|#3[49]|#x2[27]);|\\{1,8}(?:u00|x)2[27])$/i;

/** A type between a name and its value: `token: &str = "…"`, `var password string = "…"`. */
const TYPE = /^str(?:ing)?$/i;
const QUOTED = /\s{0,4}\\{0,8}["'`]/y;
const TYPED = /(?:\s?:)?\s{0,4}&?(?:'static )?str(?:ing)?\s{0,4}$/i;

/** The index in `tokens[0]=…`, also in quotes: `"tokens[0]":"…"`. */
const INDEX = /\[\d{1,4}$/;

/** The same signs as `?` and `&`, encoded. */
const ENCODED_SIGN = /%(?:25)?(?:3[BbFf]|2[36])$|\\u0026$/;

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
    const name = secretNameBefore(text, done, at, isSecret);
    if (name === undefined) continue;
    const value = valueAfter(text, at, at + widthOf(text, at), name);
    if (value === undefined) continue;
    result += text.slice(done, value.start) + MASK;
    done = value.end;
  }
  return done === 0 ? text : result + text.slice(done);
}

/**
 * Returns the secret name before a separator.
 *
 * @param text The string.
 * @param from The first place to look at.
 * @param at The place of the separator.
 * @param isSecret Decides about a name.
 */
export function secretNameBefore(
  text: string,
  from: number,
  at: number,
  isSecret: (name: string) => boolean,
): string | undefined {
  const name = nameBefore(text, from, nameEnd(text, from, at));
  if (name === undefined || isSecret(name)) return name;
  if (text[at] === '=' && TYPE.test(name) && sticky(QUOTED, text, at + 1) !== '') {
    const typed = text.slice(Math.max(from, at - MAX_NAME - 32), at).replace(TYPED, '');
    const before = nameBefore(typed, 0, typed.length);
    return before !== undefined && isSecret(before) ? before : undefined;
  }
  return text[at] !== ':' && isQueryName(text, at, name) ? name : undefined;
}

function wordPattern(words: readonly string[]): RegExp {
  return new RegExp(`^(?:${words.join('|')})$`, 'i');
}

function nameEnd(text: string, from: number, at: number): number {
  // `user%5Bpassword%5D=…`
  if (text.charCodeAt(at - 1) === 68 && at - from > 3 && text.startsWith('%5', at - 3))
    return at - 3;
  const end = runBefore(text, from, runBefore(text, from, at, 4, Kind.blank), 6, Kind.quote);
  if (text[end] !== ']') return end;
  const index = INDEX.exec(text.slice(Math.max(from, end - 8), end))?.[0] ?? '';
  return runBefore(text, from, end - index.length, 2, Kind.quote);
}

function nameBefore(text: string, from: number, at: number): string | undefined {
  for (let end = at; ; ) {
    if (text[end - 1] === ')') return symbolBefore(text, from, end - 1);
    const last = text.charCodeAt(end - 1);
    // `2`, `7`, `;`
    if (last === 50 || last === 55 || last === 59) {
      end -= ENCODED_QUOTE.exec(text.slice(Math.max(from, end - 14), end))?.[0].length ?? 0;
    }
    let start = runBefore(text, from, end, MAX_NAME, Kind.name);
    // The digits of `%22` belong to the quote before the name.
    if (text[start - 1] === '%' && end - start > 2)
      start += /^25[23]/.test(text.slice(start, start + 3)) ? 4 : 2;
    // So do those of `\u0022`, `\u0026` and `\x22`.
    if (text[start - 1] === '\\' && text.startsWith('u002', start)) start += 5;
    else if (text[start - 1] === '\\' && text.startsWith('x2', start)) start += 3;
    if (start === end) return undefined;
    const name = text.slice(start, end);
    // `arn:aws:secretsmanager:…:secret:name` is the name of a secret.
    if (name === 'secret' && /^\d:$/.test(text.slice(start - 2, start))) return undefined;
    if (text.charCodeAt(start - 1) !== 32 || name.length > LONGEST_WORD) return name;
    if (!FILLER.test(name)) {
      if (!SECOND_WORD.test(name)) return name;
      return text.slice(runBefore(text, from, start - 1, 32, Kind.name), end);
    }
    // `"token" received: …` gives the name of what it expected.
    end = runBefore(text, from, start - 1, 4, Kind.blank);
  }
}

/** The name in `Symbol(token): …` and `[Symbol(token)]: …`. */
function symbolBefore(text: string, from: number, end: number): string | undefined {
  const start = runBefore(text, from, end, MAX_NAME, Kind.name);
  return text.startsWith('Symbol(', start - 7) ? text.slice(start, end) : undefined;
}

function isQueryName(text: string, at: number, name: string): boolean {
  if (name.length > 4 || !QUERY_NAME.test(name)) return false;
  // `?key[]=…`
  const list = /\[\]$|%5B%5D$/i.exec(text.slice(Math.max(0, at - 6), at))?.[0] ?? '';
  const before = at - list.length - name.length;
  if ('?&;#'.includes(text[before - 1] ?? ' ')) return true;
  return ENCODED_SIGN.test(text.slice(Math.max(0, before - 6), before));
}
