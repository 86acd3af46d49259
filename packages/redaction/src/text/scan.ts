import { KINDS, Kind } from '../characters/characters.ts';
import { EDGE, Ends, endsBefore, type NameEnds } from '../key/name-ends.ts';
import { secretNameBefore } from './assignments.ts';
import { isKey, matches, nextEntry, prepareTable, TABLE } from './rule-table.ts';
import { DOTTED } from './tokens.ts';

// Decides cheaply which searches need to see a string: most strings of a log need none.
//
// One loop over the bytes of the string looks for the keys of rules (see `rule-table.ts`) and for the
// signs of URLs, assignments, entries, elements, lists and dotted tokens. Around a sign it looks more
// closely, so that only a string with a secret name before a separator, and not each with a separator,
// is searched for assignments. A separate search for each sign took three times as long, although V8
// looks for one character in 16 places at once: a message of 2 kB of JSON has 200 signs.

/** What a string may contain; a bit set. */
export const Sign = { rule: 1, url: 2, name: 4, entry: 8, element: 16, pair: 32 } as const;

/** All of {@link Sign}. */
export const EVERY_SIGN = 63;

/** The secret names. */
export interface Names {
  /** Decides about a name. */
  readonly isSecret: (name: string) => boolean;
  /** The ends of all names that it may find secret. */
  readonly ends: NameEnds;
}

/** Characters at which the loop looks more closely. */
const LOOK = new Uint8Array(256);
for (const sign of ':=@%,.') LOOK[sign.charCodeAt(0)] = 1;

/** Up to this length a loop copies a string faster than a call of the engine does. */
const SHORT = 80;

/** How many characters are looked at in one go. */
const SIZE = 8192;

/** How far parts of a longer string overlap: a name and a quote before and behind it. */
const OVERLAP = 128;

/** Where the first of them is copied to: what is behind an index is never before the start. */
const START = 16;

/** Where they are copied to, because bytes are read twice as fast as the characters of a string. */
const BUFFER = globalThis.Buffer?.alloc(START + SIZE + OVERLAP, EDGE);
const BYTES = new Uint8Array(BUFFER?.buffer ?? 0, BUFFER?.byteOffset ?? 0);
/** The same bytes, two at a time. */
const PAIRS = new Uint16Array(BYTES.buffer, BYTES.byteOffset, BYTES.length >> 1);
/** The places that need a closer look. */
const HITS = new Uint16Array(SIZE);

// Tables and numbers of another module take V8 longer.
/** The keys of rules and the rare pairs: see `rule-table.ts`. */
const KEYS = new Uint8Array(TABLE.length);
/** Of each pair of bytes the entry that `nextEntry()` makes of it, and {@link LOOKED}. */
const CODES = new Uint16Array(1 << 16);
/** Marks the pairs with a character that needs a closer look. */
const LOOKED = 1 << 15;

/**
 * Returns the signs of what a string may contain. Without its sign, a search would find nothing.
 *
 * @param text The string.
 * @param names The secret names.
 */
export function signsOf(text: string, names: Names): number {
  if (BUFFER === undefined) return EVERY_SIGN;
  if (CODES[0xffff] === 0) prepare();
  if (text.length <= SIZE) return signsOfPart(text, text, -START, names);
  let signs = 0;
  for (let from = 0; from < text.length - OVERLAP; from += SIZE - OVERLAP) {
    signs |= signsOfPart(text.slice(from, from + SIZE), text, from - START, names);
  }
  return signs;
}

function signsOfPart(part: string, text: string, from: number, names: Names): number {
  // In this encoding each character is one byte: of a character beyond U+00FF, its lower half.
  const end = START + part.length;
  if (part.length > SHORT) BUFFER.write(part, START, 'latin1');
  else for (let at = 0; at < part.length; at += 1) BYTES[START + at] = part.charCodeAt(at);
  BYTES[end] = EDGE;
  const count = collect(end);
  if (count === 0) return 0;
  const { isSecret, ends } = names;
  let signs = 0;
  for (let place = 0; place < count; place += 1) {
    const index = HITS[place] as number;
    const first = BYTES[index] as number;
    const second = BYTES[index + 1] as number;
    const before = CODES[PAIRS[(index >> 1) - 1] as number] as number;
    const code = CODES[PAIRS[index >> 1] as number] as number;
    const odd = ((before & 1023) << 5) | ((code >> 5) & 31);
    const even = ((before & 31) << 10) | (code & 1023);
    if (((KEYS[odd] as number) | (KEYS[even] as number)) !== 0) {
      signs |= pairAt(index - 1) | pairAt(index);
      if ((signs & Sign.rule) === 0 && isRule(odd, even, text, index, from + index))
        signs |= Sign.rule;
    }
    if (code < LOOKED) continue;
    if (LOOK[first] !== 0) signs |= signAt(text, from, index, signs, isSecret, ends);
    if (LOOK[second] !== 0) signs |= signAt(text, from, index + 1, signs, isSecret, ends);
  }
  return signs;
}

/**
 * Collects the places that need a closer look, each the first of two characters. Without a branch,
 * which a processor would often predict wrongly, and two at a time this takes half the time.
 */
function collect(end: number): number {
  let count = 0;
  let before = CODES[PAIRS[(START >> 1) - 1] as number] as number;
  for (let index = START; index < end; index += 2) {
    const code = CODES[PAIRS[index >> 1] as number] as number;
    HITS[count] = index;
    count +=
      (KEYS[((before & 1023) << 5) | ((code >> 5) & 31)] as number) |
      (KEYS[((before & 31) << 10) | (code & 1023)] as number) |
      (code >> 15);
    before = code;
  }
  return count;
}

/** Fills the tables with the first search. */
function prepare(): void {
  prepareTable();
  KEYS.set(TABLE);
  const bytes = new Uint8Array(2);
  const pair = new Uint16Array(bytes.buffer);
  for (let first = 0; first < 256; first += 1) {
    for (let second = 0; second < 256; second += 1) {
      bytes[0] = first;
      bytes[1] = second;
      CODES[pair[0] as number] =
        nextEntry(first & 31, second) | (isLooked(first, second) ? LOOKED : 0);
    }
  }
}

/** Whether one of two neighbours needs a closer look, as far as they show it. */
function isLooked(first: number, second: number): boolean {
  return (
    (LOOK[first] !== 0 && !isUsual(first, second, false)) ||
    (LOOK[second] !== 0 && !isUsual(second, first, true))
  );
}

/** Whether a dot, a comma or a percent sign beside another character shows nothing. */
function isUsual(sign: number, other: number, isBefore: boolean): boolean {
  switch (sign) {
    case 44: // Only a quote is before the comma of a list, and no word behind it.
      return isBefore ? other !== 34 && other !== 39 : isWord(other);
    case 46: // The dot of a token is between its parts.
      return isBefore ? !isWord(other) : !isPart(other);
    case 37:
      return !isBefore && (other < 50 || other > 52);
    default:
      return false;
  }
}

/** Whether a rule matches around one of two characters, the first of which is at a place. */
function isRule(odd: number, even: number, text: string, index: number, at: number): boolean {
  return (
    (KEYS[odd] !== 0 && isKey(BYTES, index) && matches(odd, text, at + 1)) ||
    (KEYS[even] !== 0 && isKey(BYTES, index + 1) && matches(even, text, at + 2))
  );
}

/** The sign that two characters show. */
function pairAt(index: number): number {
  const second = BYTES[index + 1] as number;
  switch (BYTES[index]) {
    case 45: // `--name value`
      return second === 45 && isName(BYTES[index + 2] as number) ? Sign.name : 0;
    case 38: // `&#61;`
      return second === 35 ? Sign.name : 0;
    case 92: // `\u003d`
      return second === 117 && BYTES[index + 4] === 51 ? Sign.name : 0;
    case 60: // `</`
      return second === 47 ? Sign.element : 0;
    default:
      return 0;
  }
}

/** The signs that a character shows. */
function signAt(
  text: string,
  from: number,
  index: number,
  signs: number,
  isSecret: (name: string) => boolean,
  ends: NameEnds,
): number {
  const next = BYTES[index + 1] as number;
  switch (BYTES[index]) {
    case 58: // :
      return (
        separatorAt(text, from, index, signs, isSecret, ends) | (isSlashes(index) ? Sign.url : 0)
      );
    case 61: // =
      return separatorAt(text, from, index, signs, isSecret, ends);
    case 64: // @
      return Sign.url;
    case 37: // `%40`, `%3D`, `%253D`
      if (next === 52) return Sign.url;
      return next === 51 || next === 50 ? Sign.name : 0;
    case 44: {
      const before = BYTES[index - 1];
      if (before !== 34 && before !== 39) return 0;
      return (endsBefore(ends, BYTES, index) & Ends.secret) === 0 ? 0 : Sign.pair;
    }
    default:
      return (signs & Sign.rule) === 0 && isDotted(text, from, index) ? Sign.rule : 0;
  }
}

/** The signs of a name before a separator. */
function separatorAt(
  text: string,
  from: number,
  index: number,
  signs: number,
  isSecret: (name: string) => boolean,
  ends: NameEnds,
): number {
  const found = endsBefore(ends, BYTES, index);
  if (found === 0) return 0;
  const isEntry = (found & (BYTES[index] === 61 ? Ends.value | Ends.name : Ends.value)) !== 0;
  const entry = isEntry ? Sign.entry : 0;
  if ((found & Ends.secret) === 0 || (signs & Sign.name) !== 0) return entry;
  return secretNameBefore(text, 0, from + index, isSecret) === undefined
    ? entry
    : entry | Sign.name;
}

function isSlashes(index: number): boolean {
  return BYTES[index + 1] === 47 && BYTES[index + 2] === 47;
}

function isName(code: number): boolean {
  return ((KINDS[code & 127] as number) & Kind.name) !== 0;
}

function isPart(code: number): boolean {
  return code === 45 || isWord(code);
}

function isWord(code: number): boolean {
  return code < 128 && ((KINDS[code] as number) & Kind.word) !== 0;
}

/** Whether the first dot of a dotted token stands at a place. */
function isDotted(text: string, from: number, index: number): boolean {
  // Most dots are before an extension, a number or a short name.
  let end = index + 1;
  while (end < index + 34 && isPart(BYTES[end] as number)) end += 1;
  const length = end - index - 1;
  if (length < 16 && (length !== 6 || BYTES[end] !== 46)) return false;
  DOTTED_HERE.lastIndex = from + index;
  return DOTTED_HERE.test(text);
}

const DOTTED_HERE = new RegExp(DOTTED, 'y');
