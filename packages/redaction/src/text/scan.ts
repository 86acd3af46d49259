import { KINDS, Kind } from '../characters/characters.ts';
import { FILLERS, nameKeys, SECOND_WORDS, usualNameKeys } from '../key/name-keys.ts';
import { secretNameBefore } from './assignments.ts';
import { isPairAt } from './elements.ts';
import {
  findPlaces,
  LONGEST,
  MARKS,
  mayEscape,
  PLACES,
  prepareMarks,
  prepareSigns,
} from './places.ts';
import { enterNames, entryOf, Mark, matches, prepareTable, TABLE } from './rule-table.ts';
import { sticky } from './separators.ts';
import { DOTTED } from './tokens.ts';
import { isCutUrl, isUserinfoBefore } from './url-signs.ts';

// Decides cheaply which searches need to see a string: most strings of a log need none.
//
// `places.ts` finds where a key of a rule or of a secret name stands, or a sign of something else.
// There this search looks more closely, so that only a string with a secret name before a separator,
// and not each with a separator, is searched for assignments.

/** What a string may contain; a bit set. */
export const Sign = {
  rule: 1,
  url: 2,
  name: 4,
  entry: 8,
  element: 16,
  pair: 32,
  color: 64,
} as const;

/** All of {@link Sign}. */
export const EVERY_SIGN = 127;

/** Stands beside the signs of a string in which JSON may have to escape something. */
export const ESCAPE = 256;

/** A `://`, which is a sign together with an `@` behind it. */
const SCHEME = 128;

/** The secret names. */
export interface Names {
  /** Decides about a name. */
  readonly isSecret: (name: string) => boolean;
  /** The names of policies, without case and the signs between words. */
  readonly keys: ReadonlySet<string>;
}

/** How far parts of a longer string overlap: a key and the longest that has to be around it. */
const OVERLAP = 128;

/** The sets of names of policies that there have been. */
const entered = new WeakSet<ReadonlySet<string>>();

let isPrepared = false;

/** Where the last name ended. Its keys are not looked at again, also in the next part of a string. */
let seen = 0;

/**
 * Returns the signs of what a string may contain, and {@link ESCAPE}. Without its sign, a search
 * would find nothing.
 *
 * @param text The string.
 * @param names The secret names.
 */
export function signsOf(text: string, names: Names): number {
  if (!isPrepared) {
    if (globalThis.Buffer === undefined) return EVERY_SIGN | ESCAPE;
    prepare();
  }
  if (names.keys.size > 0 && !entered.has(names.keys)) enter(names.keys);
  seen = 0;
  if (text.length <= LONGEST) {
    const found = signsOfPart(text, 0, findPlaces(text), names, 0) & EVERY_SIGN;
    return mayEscape ? found | ESCAPE : found;
  }
  let signs = 0;
  for (let from = 0; from < text.length - OVERLAP; from += LONGEST - OVERLAP) {
    const count = findPlaces(text.slice(from, from + LONGEST));
    signs |= signsOfPart(text, from, count, names, signs);
  }
  return (signs & EVERY_SIGN) | ESCAPE;
}

/** Fills the tables with the first search: an import that searches nothing takes less time. */
function prepare(): void {
  isPrepared = true;
  prepareTable();
  enterNames(usualNameKeys());
  prepareSigns();
}

/** Adds the names of policies to the tables. What is there too much costs time and nothing else. */
function enter(names: ReadonlySet<string>): void {
  entered.add(names);
  enterNames(nameKeys(names));
  prepareMarks();
}

function signsOfPart(
  text: string,
  from: number,
  count: number,
  names: Names,
  before: number,
): number {
  let signs = before;
  for (let place = 0; place < count; place += 1) {
    const at = from + (PLACES[place] as number);
    const marks = MARKS[place] as number;
    if ((marks & Mark.sign) !== 0) signs |= signAt(text, at, signs);
    if ((marks & Mark.rule) === 0) continue;
    const entry = entryOf(text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at));
    const kinds = TABLE[entry] as number;
    if ((kinds & Mark.rule) !== 0 && (signs & Sign.rule) === 0 && matches(entry, text, at + 1))
      signs |= Sign.rule;
    if ((kinds & Mark.name) === 0 || at <= seen) continue;
    seen = endOfName(text, at - 1);
    signs |= separatorAt(text, seen, signs, names.isSecret);
  }
  return signs;
}

/** The signs that a character shows, with those before and behind it. */
function signAt(text: string, at: number, signs: number): number {
  const before = text.charCodeAt(at - 1);
  const next = text.charCodeAt(at + 1);
  switch (text.charCodeAt(at)) {
    case 64: // `user:password@`
      return (signs & SCHEME) !== 0 || isUserinfoBefore(text, at) ? Sign.url : 0;
    case 47: // `</`, `://`
      if (before === 60) return Sign.element;
      if (before !== 58 || next !== 47) return 0;
      return isCutUrl(text, at - 1) ? SCHEME | Sign.url : SCHEME;
    case 91: // `[` behind the escape character
      return before === 27 ? Sign.color : 0;
    case 45: // `--name value`
      if (before === 45) return isName(next) ? Sign.name : 0;
      break;
    case 61: // `name="…"`
      return isQuote(next) ? Sign.entry : 0;
    case 35: // `&#61;`
      return Sign.name;
    case 117: // `\\u003d`, `value:`
      if (before === 92) return text[at + 3] === '3' ? Sign.name : 0;
      if (before === 108) return isValueAt(text, at) ? Sign.entry : 0;
      break;
    case 50: // `%253D`
    case 51: // `%3D`
      if (before === 37) return Sign.name;
      break;
    case 52: // `%40`
      if (before === 37) return Sign.url;
      break;
  }
  // The dot of a token
  if (before !== 46 || (signs & Sign.rule) !== 0) return 0;
  return sticky(DOTTED_HERE, text, at - 1) === '' ? 0 : Sign.rule;
}

const DOTTED_HERE = new RegExp(DOTTED, 'y');

/** Whether `value`, whose u is at a place, is before a separator. A pattern takes 80 ns for this. */
function isValueAt(text: string, at: number): boolean {
  let end = at + 2;
  while (text.charCodeAt(end) <= 32 || isQuote(text.charCodeAt(end))) end += 1;
  return text[end] === ':' || text[end] === '=';
}

/**
 * Returns where a name ends that has a key at a place: most often at its separator. Between them may
 * be quotes, also encoded, and short words, as in `API key provided: …`.
 */
function endOfName(text: string, key: number): number {
  // Where the word behind the name begins.
  let word = 0;
  for (let at = key; ; at += 1) {
    const code = text.charCodeAt(at);
    const step = code < 128 ? (STEPS[code] as number) : 0;
    if (step === 0) return at;
    if (step === BLANK) word = at + 1;
    else if (word === 0 || step === QUOTE) continue;
    else if (at === word ? step !== BEGINNING : at > word + LONGEST_BEHIND) return word;
  }
}

/** The longest word behind a name, with an encoded quote. */
const LONGEST_BEHIND = 24;

/** What each character is between a key and a separator; 0 for those that end a name. */
const STEPS = new Uint8Array(128);
const [NAME, BLANK, QUOTE, BEGINNING] = [1, 2, 3, 4];
for (let code = 0; code < 128; code += 1) {
  const kind = KINDS[code] as number;
  if ((kind & Kind.name) !== 0) STEPS[code] = NAME;
  else if ((kind & Kind.blank) !== 0) STEPS[code] = BLANK;
  else if ((kind & Kind.quote) !== 0 || '%&#;)'.includes(String.fromCharCode(code)))
    STEPS[code] = QUOTE;
}
for (const word of [...SECOND_WORDS, ...FILLERS]) {
  STEPS[word.charCodeAt(0)] = BEGINNING;
  STEPS[word.charCodeAt(0) & ~32] = BEGINNING;
}

/** The signs of what is before a separator: `name:`, `name=` or `"name",`. */
function separatorAt(
  text: string,
  at: number,
  signs: number,
  isSecret: (name: string) => boolean,
): number {
  const code = text.charCodeAt(at);
  if (code === 44) return isQuote(text.charCodeAt(at - 1)) && isPairAt(text, at) ? Sign.pair : 0;
  if ((code !== 58 && code !== 61) || (signs & Sign.name) !== 0) return 0;
  return secretNameBefore(text, 0, at, isSecret) === undefined ? 0 : Sign.name;
}

/** A quote, or the backslash before one. */
function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 92;
}

function isName(code: number): boolean {
  return code < 128 && ((KINDS[code] as number) & Kind.name) !== 0;
}
